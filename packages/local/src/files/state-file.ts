import { randomBytes } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, open, rename, unlink } from "node:fs/promises";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Characters of the target's name that a draft's name repeats: with the suffix, no file system finds it too long. */
const DRAFT_NAME_LENGTH = 100;

/** What stands at a path is none of ours. It was left as it is. */
export class ForeignFileError extends Error {
  override readonly name = "ForeignFileError";
}

/**
 * A file of ours that holds either the old text or the new one, whenever the process ends, and that never takes the
 * place of another's file: it is read before it is replaced, must be a regular file, and must still be the one that was
 * read or written last.
 *
 * Where links are followed or devices opened, a name on the command line can destroy what it only meant to mention; so
 * nothing here follows a link, opens what may block, or reads more than a file's own size.
 */
export class StateFile {
  readonly path: string;
  /** The file that stands there, as it was found or left. */
  #known: Pick<BigIntStats, "dev" | "ino"> | undefined;
  #isWritten = false;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * The text that stands there, or `undefined` when there is none.
   *
   * @throws ForeignFileError for what is no regular file, or larger than any of ours
   */
  async read(maxBytes: number): Promise<string | undefined> {
    const found = await look(this.path);
    this.#known = found;
    if (found === undefined) return undefined;
    if (!found.isFile()) throw new ForeignFileError(`${this.path} is ${kindOf(found)}`);
    if (found.size > maxBytes) throw new ForeignFileError(`${this.path} is larger than any of our files`);
    const file = await open(this.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Number(found.size)), 0, Number(found.size), 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /**
   * Replaces the text. Readers see the old one or the new one, and only the user may read either.
   *
   * @throws ForeignFileError when another file has taken the place meanwhile
   */
  async replace(text: string): Promise<void> {
    const suffix = randomBytes(6).toString("hex");
    const draft = `${this.path.slice(0, this.path.length - baseLength(this.path) + DRAFT_NAME_LENGTH)}.${suffix}.draft`;
    const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      const written = await fill(file, text);
      await this.#assertKnown();
      await rename(draft, this.path);
      this.#known = written;
      this.#isWritten = true;
    } catch (error) {
      await unlink(draft).catch(() => {}); // the first error is the one to tell of
      throw error;
    }
  }

  /** Removes the file, if it is the one that was written here. */
  async remove(): Promise<void> {
    if (!this.#isWritten) return;
    await this.#assertKnown();
    await unlink(this.path);
    this.#known = undefined;
    this.#isWritten = false;
  }

  async #assertKnown(): Promise<void> {
    const found = await look(this.path);
    const isKnown = found?.ino === this.#known?.ino && found?.dev === this.#known?.dev;
    if (found !== undefined && !isKnown) throw new ForeignFileError(`${this.path} was replaced by another program`);
  }
}

/** Writes a new file, and closes it in any case. */
async function fill(file: FileHandle, text: string): Promise<BigIntStats> {
  try {
    await file.writeFile(text);
    return await file.stat({ bigint: true });
  } finally {
    await file.close();
  }
}

async function look(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function baseLength(path: string): number {
  return path.length - (path.lastIndexOf("/") + 1);
}

function kindOf(found: BigIntStats): string {
  if (found.isSymbolicLink()) return "a symbolic link";
  if (found.isDirectory()) return "a directory";
  if (found.isFIFO()) return "a named pipe";
  if (found.isSocket()) return "a socket";
  return "a device";
}
