import { randomUUID } from "node:crypto";
import { open, readFile, rename, stat, unlink } from "node:fs/promises";
import { CheckpointFileError, InvalidCheckpointError } from "../errors.ts";
import type { Checkpoints } from "./checkpoint-store.ts";
import { isObject, parseCheckpoints } from "./parse-checkpoints.ts";

/** The file's format; a file of another version is refused. */
const FORMAT_VERSION = 1;

/** Larger than the checkpoints of 100,000 shards; what is larger is another file, or an endless device. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** What can be done about an error of the disk, by Node's code. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "give this user access to it and its directory, or choose another file",
  EPERM: "give this user access to it and its directory, or choose another file",
  EROFS: "its disk is read-only: choose a file on another one",
  ENOSPC: "its disk is full: make room; the file still holds what was saved last",
  EDQUOT: "its disk is full: make room; the file still holds what was saved last",
  ENOENT: "make its directory",
  ENOTDIR: "make its directory",
};

/** Reads the checkpoints of every mapping in a file; an empty map where there is no file. */
export async function readCheckpointFile(path: string): Promise<Map<string, Checkpoints>> {
  const text = await readText(path);
  if (text === undefined) return new Map();
  if (text.trim() === "") throw new InvalidCheckpointError(path, "is empty");
  const content = parseJson(path, text);
  if (!isObject(content) || !("version" in content)) throw new InvalidCheckpointError(path, "holds no checkpoints");
  if (content.version !== FORMAT_VERSION) {
    const found = JSON.stringify(content.version).slice(0, 40);
    throw new InvalidCheckpointError(
      path,
      `is of version ${found}, and this is a program for version ${FORMAT_VERSION}`,
    );
  }
  if (!isObject(content.mappings)) throw new InvalidCheckpointError(path, "holds no mappings");
  return new Map(
    Object.entries(content.mappings).map(([mappingId, value]) => {
      const parsed = parseCheckpoints(value);
      if ("problem" in parsed && typeof parsed.problem === "string") {
        throw new InvalidCheckpointError(path, `is malformed: those of ${mappingId} ${parsed.problem}`);
      }
      return [mappingId, parsed as Checkpoints];
    }),
  );
}

/** Replaces the file by a whole one: a process that dies, or a disk that is full, leaves the one from before. */
export async function writeCheckpointFile(path: string, mappings: ReadonlyMap<string, Checkpoints>): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  const content = { version: FORMAT_VERSION, mappings: Object.fromEntries(mappings) };
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(content, undefined, 2)}\n`);
      await file.sync();
      await file.close();
      await rename(draft, path);
    } catch (error) {
      await file.close().catch(() => {}); // closed already, or as broken as the write
      await unlink(draft).catch(() => {});
      throw error;
    }
  } catch (error) {
    throw fileError(path, "cannot be written", error);
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path); // before it is opened: a pipe would wait for its other end
    if (found.isDirectory()) throw new InvalidCheckpointError(path, "is a directory");
    if (!found.isFile()) throw new InvalidCheckpointError(path, "is no regular file");
    if (found.size > MAX_FILE_BYTES) throw new InvalidCheckpointError(path, `is larger than ${MAX_FILE_BYTES} bytes`);
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error instanceof InvalidCheckpointError ? error : fileError(path, "cannot be read", error);
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidCheckpointError(path, "is not JSON, or cut short", { cause: error });
  }
}

/** What went wrong with the file, and what can be done. */
export function fileError(path: string, problem: string, cause: unknown): CheckpointFileError {
  const { code = "unknown" } = cause as NodeJS.ErrnoException;
  return new CheckpointFileError(path, `${problem} (${code})`, REMEDIES[code] ?? "choose another file", { cause });
}
