import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, lstatSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { parseWithBinary } from "../values/binary.ts";

const CHUNK_BYTES = 1024 * 1024;
/** For this user alone. */
const MODE = 0o600;
const CHECKSUM_DIGITS = 8;

/** What {@link readLog} found. */
export interface LogContent {
  readonly entries: object[];
  /** Bytes at the end that are no whole entry: the last write was cut short. */
  readonly tornBytes: number;
}

/**
 * Reads a log: lines of a checksum and JSON. A process that is killed leaves any part of its last write, so what is left of
 * that at the end is dropped. It was never acknowledged: that is done after `fsync`.
 *
 * @throws when a line before the last is damaged, which no kill does, or when what stands there is no log of ours
 */
export function readLog(file: string): LogContent {
  const entries: object[] = [];
  let good = 0;
  let bytes = 0;
  const found = lstatSync(file, { throwIfNoEntry: false });
  // What is no regular file could block, never end, or lead to another's.
  if (found !== undefined && !found.isFile()) throw new ForeignLogError(file, "it is no regular file");
  for (const line of found === undefined ? [] : linesOf(file)) {
    const entry = parseLine(line);
    if (entry !== undefined && good < bytes) {
      throw new Error(`${file} is damaged at byte ${good}: take it away, or put back a copy of it.`);
    }
    bytes += line.byteLength;
    if (entry === undefined) continue;
    good = bytes;
    entries.push(entry);
  }
  // The first entry is whole in every log: it came into its place with its file.
  if (bytes > 0 && entries.length === 0) throw new ForeignLogError(file, "its first line is none of a log's");
  return { entries, tornBytes: bytes - good };
}

/** What stands where the log should is not ours. It was left as it is. */
export class ForeignLogError extends Error {
  override readonly name = "ForeignLogError";

  constructor(file: string, reason: string) {
    super(`${file} is no log that this version reads: ${reason}. It was left as it is: name another file.`);
  }
}

/** A file's lines with their ends; the last may have none. */
function* linesOf(file: string): Generator<Buffer> {
  const descriptor = openSync(file, "r");
  try {
    let rest = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const length = readSync(descriptor, chunk);
      if (length === 0) break;
      rest = Buffer.concat([rest, chunk.subarray(0, length)]);
      let from = 0;
      for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n", from)) {
        yield rest.subarray(from, end + 1);
        from = end + 1;
      }
      rest = rest.subarray(from);
    }
    if (rest.byteLength > 0) yield rest;
  } finally {
    closeSync(descriptor);
  }
}

function lineOf(entry: object): string {
  const json = JSON.stringify(entry);
  return `${checksum(json)} ${json}\n`;
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(CHECKSUM_DIGITS, "0");
}

function parseLine(line: Buffer): object | undefined {
  const json = line.toString("utf8", CHECKSUM_DIGITS + 1, line.byteLength - 1);
  const isWhole = line.at(-1) === 0x0a && line.toString("latin1", 0, CHECKSUM_DIGITS) === checksum(json);
  return isWhole ? (parseWithBinary(json) as object) : undefined;
}

/** A log that is written: what was appended is on the disk once {@link LogFile.flushed} resolves. */
export class LogFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  #waiting: string[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Puts a log that holds these entries in the place of what is there, all of it or nothing. */
  static async create(file: string, entries: Iterable<object>): Promise<LogFile> {
    const draft = `${file}.${randomBytes(6).toString("hex")}.draft`;
    const descriptor = openSync(draft, "wx", MODE); // a new file, never one that a link leads to
    try {
      for (const entry of entries) writeSync(descriptor, lineOf(entry));
      fsyncSync(descriptor);
      renameSync(draft, file);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
    syncFolder(path.dirname(file));
    return new LogFile(await open(file, "a", MODE));
  }

  append(entry: object): void {
    this.#waiting.push(lineOf(entry));
  }

  /**
   * Resolves when all that was appended so far is on the disk. Calls that wait for the disk share the next `fsync`.
   * Rejects, from then on always, when it cannot be written: what is in memory is then more than what is kept.
   */
  flushed(): Promise<void> {
    if (this.#waiting.length === 0) return this.#flushing;
    this.#next ??= this.#flushing.then(() => {
      this.#next = undefined;
      this.#flushing = this.#flush();
      return this.#flushing;
    });
    return this.#next;
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting.join("");
    this.#waiting = [];
    await this.#handle.appendFile(lines);
    await this.#handle.datasync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flushed().catch(() => {}); // each request that waited for it has heard of it
    await this.#handle.close();
  }
}

/** The file's new name is on the disk only with its folder. Windows opens no folders, and needs none of it. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
