import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, open, rename, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { ForeignFileError, StateFile } from "./state-file.ts";

/** More than any lock of ours says. */
const MAX_LOCK_BYTES = 4_096;
/** Locks of processes that are gone are cleared away so many times, before another's luck is accepted. */
const MAX_ATTEMPTS = 5;

/** A process that holds a lock. */
interface Holder {
  pid: number;
  host: string;
  /** When the system says that it started, where it says so: numbers of processes are used again. */
  started: string | undefined;
  /** Tells this process from an earlier one of the same number. */
  run: string;
}

const RUN = randomUUID();

/** Another process that runs holds the lock. */
export class LockedError extends Error {
  override readonly name = "LockedError";
}

/** The right to be the one owner of a file, across processes. It ends with its process, whatever ends that. */
export class FileLock implements AsyncDisposable {
  readonly #path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /**
   * Takes the lock by making a file that says who holds it. One whose process is gone is taken over.
   *
   * @param path the lock's own file, beside the file that it is about
   * @throws LockedError when a process that runs holds it
   * @throws ForeignFileError when something else stands there
   */
  static async take(path: string): Promise<FileLock> {
    const holder: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid), run: RUN };
    const text = JSON.stringify({ "rollcall lock": holder });
    for (let attempt = 1; ; attempt++) {
      if (await create(path, text)) return new FileLock(path, text);
      const found = await new StateFile(path).read(MAX_LOCK_BYTES);
      if (found === undefined) continue; // it was released just now
      if (found === "") throw new LockedError(`a process that began just now`);
      const other = parseHolder(path, found);
      if (isRunning(other) || attempt === MAX_ATTEMPTS) {
        throw new LockedError(`process ${other.pid}${other.host === hostname() ? "" : ` on ${other.host}`}`);
      }
      await clear(path, found);
    }
  }

  /** Releases the lock, if it is still ours. */
  async [Symbol.asyncDispose](): Promise<void> {
    if ((await new StateFile(this.#path).read(MAX_LOCK_BYTES)) === this.#text) await unlink(this.#path);
  }
}

/** Resolves to whether the file was not there before, and is now. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(text);
      return true;
    } catch (error) {
      await unlink(path);
      throw error;
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function parseHolder(path: string, text: string): Holder {
  try {
    const { pid, host, started, run } = JSON.parse(text)["rollcall lock"];
    if (Number.isSafeInteger(pid) && pid > 0 && typeof host === "string") return { pid, host, started, run };
  } catch {
    // told below
  }
  throw new ForeignFileError(`${path} is no lock of rollcall`);
}

/** Of a process on another machine nothing can be known: it counts as running. */
function isRunning({ pid, host, started, run }: Holder): boolean {
  if (host !== hostname() || run === RUN) return true;
  if (pid === process.pid) return false;
  if (started !== undefined) return startOf(pid) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // another user's
  }
}

/**
 * Clears the lock of a process that is gone. Between reading and clearing, another process may have done the same and
 * taken the lock: what is moved aside is looked at again, and put back when it is that one.
 */
async function clear(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if ((await new StateFile(aside).read(MAX_LOCK_BYTES)) !== stale) await link(aside, path).catch(() => {});
  await unlink(aside);
}

/** When a process started, in words that no other process of this machine shares. Only Linux says so in a file. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z") return undefined; // it has ended; only its parent has not looked yet
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[18]}`;
  } catch {
    return undefined;
  }
}
