import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { describeOwner, type FileLock, ForeignFileError, StateFile, takeLock } from "@rollcall/local/internal";
import { isSavedPass, type SavedPass } from "@rollcall/maintainer";
import type { Target } from "../connection/target.ts";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";

/** Characters of the name's hash: enough to keep one user's tables apart. */
const HASH_LENGTH = 12;
/** Characters of the table's name in the name of its file: the hash tells tables apart, this only tells people. */
const TABLE_LENGTH = 80;
/**
 * Times its own duration that a save is followed by none: a report grows with its pass, and written whole after every
 * page it would take time and bytes in the square of what was found. A pass that is killed reads that much twice.
 */
const PAUSE_FACTOR = 10;
/** More than a cursor can have: some million names. */
const MAX_CURSOR_BYTES = 256 * 1024 * 1024;
/** Errors of a path that can never hold a file, as it was given. */
const WRONG_PATHS: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "EISDIR", "ELOOP"]);

/** The cursor cannot be kept there now, for a reason that has nothing to do with the path that was given. */
export class CursorNotKeptError extends CommandError {}

/** What a pass needs to be resumed, in a file with one owner at a time. */
export class CursorFile implements AsyncDisposable {
  /** What an interrupted pass left, if it is to be resumed. */
  readonly saved: SavedPass | undefined;
  readonly #file: StateFile;
  readonly #lock: FileLock;
  readonly #clock: Io["clock"];
  #isResumable: boolean;
  /** What was not written, for the last save was just before. */
  #pending: SavedPass | undefined;
  #pauseEndsMs = Number.NEGATIVE_INFINITY;

  private constructor(file: StateFile, lock: FileLock, saved: SavedPass | undefined, clock: Io["clock"]) {
    this.#file = file;
    this.#lock = lock;
    this.#clock = clock;
    this.saved = saved;
    this.#isResumable = saved !== undefined;
  }

  /**
   * Takes the file for one pass.
   *
   * @param resume whether the pass is to begin where the file says
   * @throws CursorNotKeptError when another process keeps its cursor there, or the system refuses
   * @throws CommandError when what stands there is no cursor, when there is nothing to resume, or for a wrong path
   */
  static async open(file: string, resume: boolean, clock: Io["clock"]): Promise<CursorFile> {
    const state = new StateFile(file);
    try {
      await read(state); // what is no cursor is refused before anything is made beside it
      const lock = await own(file);
      try {
        const saved = await read(state); // the owner before may have changed or removed it
        if (resume && saved === undefined) {
          throw new CommandError(`There is nothing to resume: ${file} does not exist. Run it without --resume.`);
        }
        return new CursorFile(state, lock, resume ? saved : undefined, clock);
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw explain(file, error);
    }
  }

  get path(): string {
    return this.#file.path;
  }

  /** Whether a pass that ends now can be resumed, once the last of it is written. */
  get isResumable(): boolean {
    return this.#isResumable;
  }

  /**
   * Keeps what a pass has come to: in the file, or until the next save or {@link flush} where the last one was just
   * before. Of a pass that has read nothing there is nothing to keep.
   *
   * @throws CursorNotKeptError when the file cannot be written
   */
  async save(saved: SavedPass): Promise<void> {
    if (saved.cursor.pages === 0) return;
    this.#pending = saved;
    if (this.#clock.now() >= this.#pauseEndsMs) await this.flush();
  }

  /**
   * Writes what is kept and not yet in the file.
   *
   * @throws CursorNotKeptError when the file cannot be written
   */
  async flush(): Promise<void> {
    const saved = this.#pending;
    if (saved === undefined) return;
    this.#pending = undefined;
    const startedMs = this.#clock.now();
    try {
      await this.#file.replace(JSON.stringify(saved));
    } catch (error) {
      throw explain(this.path, error);
    }
    const endedMs = this.#clock.now();
    this.#pauseEndsMs = endedMs + PAUSE_FACTOR * (endedMs - startedMs);
    this.#isResumable = true;
  }

  /** Removes what was saved: the pass is complete. */
  async remove(): Promise<void> {
    this.#pending = undefined;
    this.#isResumable = false;
    await this.#file.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock.release();
  }
}

/** Becomes the one owner of a file. */
async function own(file: string): Promise<FileLock> {
  const taken = await takeLock(`${file}.lock`);
  if ("lock" in taken) return taken.lock;
  throw new CursorNotKeptError(
    `Another pass keeps its cursor in ${file}: ${describeOwner(taken.owner)} holds ${file}.lock. Wait until it has ` +
      "ended, or name another file with --cursor.",
  );
}

/** Makes the folder of the cursors that no option names. Others are the user's own business. */
export async function makeStateFolder(file: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CursorNotKeptError(notKept(path.dirname(file), error), { cause: error });
  }
}

/**
 * Where a pass keeps its cursor unless told otherwise: one file for every task, table, scope, place and choice of registries.
 *
 * @param registries names of the definitions it is about, where they are not `resources` alone
 */
export function defaultCursorPath(
  task: string,
  target: Target,
  allNamespaces: boolean,
  env: Io["env"],
  registries: readonly string[] = [],
): string {
  const { tableName, namespace, region, endpoint } = target;
  const scope = allNamespaces ? "all" : { namespace };
  const hash = createHash("sha256")
    .update(JSON.stringify([task, tableName, scope, region, endpoint, ...registries]))
    .digest("hex");
  const table = tableName.replace(/[^\w.-]/g, "_").slice(0, TABLE_LENGTH);
  const state = env.XDG_STATE_HOME || path.join(env.HOME || homedir(), ".local", "state");
  return path.join(state, "rollcall", `${task}-${table}-${hash.slice(0, HASH_LENGTH)}.json`);
}

/** The cursor that stands in a file, of any pass; whether this one can begin there, the pass decides. */
async function read(file: StateFile): Promise<SavedPass | undefined> {
  const text = await file.read(MAX_CURSOR_BYTES);
  if (text === undefined) return undefined;
  const value = parseJson(text);
  if (isSavedPass(value)) return value;
  throw new ForeignFileError(`${file.path} is no cursor file`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function explain(file: string, error: unknown): unknown {
  if (error instanceof CommandError) return error;
  if (error instanceof ForeignFileError) {
    const message = `${error.message}; it was left as it is. Move it away, or name another file with --cursor.`;
    return new CommandError(message, { cause: error });
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error; // a fault of ours
  const WrongOrRefused = WRONG_PATHS.has(code) ? CommandError : CursorNotKeptError;
  return new WrongOrRefused(notKept(file, error), { cause: error });
}

function notKept(file: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === "ENOENT" ? "its folder does not exist" : message;
  return `The cursor cannot be kept in ${file}: ${reason}. Name another file with --cursor.`;
}
