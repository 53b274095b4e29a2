import { randomUUID } from "node:crypto";
import { link, rename, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { ForeignFileError, StateFile } from "../files/state-file.ts";
import { processStart } from "./process-start.ts";

/** More than the file of a lock holds. */
const MAX_LOCK_BYTES = 8_192;

/** What is left of a lock when the machine lost its power before the file was on its disk. */
const TORN = /^(?:\0*$|\{"pid":)/;

/** Who holds a lock, as far as the lock's file tells. */
export interface LockOwner {
  /** Its process id. */
  readonly pid: number;
  /** The machine, or container, it runs on. */
  readonly host: string;
  /** The program it runs, such as `main.js`. */
  readonly program: string;
  /** When it took the lock, as an ISO 8601 time. */
  readonly since: string;
}

/** What the file holds: the owner, and what tells its process from a later one with the same number. */
interface LockContent extends LockOwner {
  readonly start: string | null;
  readonly token: string;
}

/** What a file system without hard links says to one. There a lock is seen for an instant before it is whole. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

/** A lock that is held until it is released, or until its process has ended. */
export interface FileLock {
  /** Never rejects: a lock that cannot be removed is as good as released once its process has ended. */
  release(): Promise<void>;
}

/**
 * Takes a lock: a file created exclusively that says who holds it. The lock of a process that has ended is taken over,
 * so that a SIGKILL leaves nothing to clean up. Whether a process on another machine, or in another container, still
 * runs cannot be seen from here: its lock counts as held.
 *
 * @returns the lock, or the owner that holds it
 * @throws {@link ForeignFileError} when what stands there is no lock; it is left as it is
 */
export async function takeLock(file: string): Promise<{ lock: FileLock } | { owner: LockOwner }> {
  const mine = await newContent();
  for (;;) {
    if (await created(file, mine)) return { lock: { release: () => removeIfMine(file, mine) } };
    const found = await readLock(file);
    if (found === undefined) continue; // released meanwhile
    if (found !== "torn" && (await isHeld(found))) return { owner: found };
    await putAside(file, found);
  }
}

/** `process 123 (main.js, since 2026-11-27T09:00:00.000Z)` */
export function describeOwner({ pid, host, program, since }: LockOwner): string {
  const where = host === hostname() ? "" : ` on ${host}`;
  const who = pid === process.pid && where === "" ? "this process" : `process ${pid}${where}`;
  return `${who} (${program}, since ${since})`;
}

async function newContent(): Promise<LockContent> {
  return {
    pid: process.pid,
    host: hostname(),
    program: path.basename(process.argv[1] ?? process.argv0),
    since: new Date().toISOString(),
    start: (await processStart(process.pid)) ?? null,
    token: randomUUID(),
  };
}

/** Writes under a name of its own first: a lock that others can see is always whole. */
async function created(file: string, content: LockContent): Promise<boolean> {
  const draft = `${file}.${content.token}`;
  const text = JSON.stringify(content);
  await writeFile(draft, text, { flag: "wx", mode: 0o600 });
  try {
    await link(draft, file).catch(async (error: NodeJS.ErrnoException) => {
      if (!NO_LINKS.has(error.code)) throw error;
      await writeFile(file, text, { flag: "wx", mode: 0o600 });
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    await unlink(draft);
  }
}

async function readLock(file: string): Promise<LockContent | "torn" | undefined> {
  const text = await new StateFile(file).read(MAX_LOCK_BYTES);
  if (text === undefined) return undefined;
  try {
    const content = JSON.parse(text);
    if (typeof content?.pid === "number" && typeof content.token === "string") return content;
  } catch {
    if (TORN.test(text)) return "torn";
  }
  throw new ForeignFileError(`${file} is no lock`);
}

async function isHeld({ pid, host, start }: LockContent): Promise<boolean> {
  if (host !== hostname()) return true;
  const found = await processStart(pid);
  return found !== undefined && (start === null || found === start);
}

/**
 * Removes the lock of an owner that has ended. Renaming picks one of several processes that do so concurrently; one
 * that caught the lock of a quicker process puts it back.
 */
async function putAside(file: string, stale: LockContent | "torn"): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const caught = await readLock(aside);
  const isStale = caught === "torn" || caught === undefined || (stale !== "torn" && caught.token === stale.token);
  if (!isStale) await link(aside, file).catch(() => {}); // a third one was quicker still, and is asked next
  await unlink(aside);
}

async function removeIfMine(file: string, { token }: LockContent): Promise<void> {
  try {
    const found = await readLock(file);
    if (found !== undefined && found !== "torn" && found.token === token) await unlink(file);
  } catch {
    // its directory is gone, or may no longer be written
  }
}
