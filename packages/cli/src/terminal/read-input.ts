import { constants, createReadStream, fstatSync, open } from "node:fs";
import { Socket } from "node:net";
import { addAbortSignal, type Readable } from "node:stream";
import { isatty, ReadStream } from "node:tty";
import { promisify } from "node:util";
import type { Io } from "./io.ts";

/** The name of standard input, where a file is expected. */
export const STANDARD_INPUT = "-";

/**
 * Reads a file, a pipe or standard input. Of more than `most` bytes it reads one more, so that its caller sees that there
 * are too many: a device may have no end.
 *
 * @throws the system's error, or the signal's reason: also while a pipe has no writer yet
 */
export async function readInput(
  file: string,
  most: number,
  { stdin, signal }: Pick<Io, "stdin" | "signal">,
): Promise<Buffer> {
  signal.throwIfAborted();
  if (file === STANDARD_INPUT) return readSome(stdin, most, signal);
  // Without waiting: opening a named pipe would take a thread of Node's until a writer comes, deaf to any signal.
  const fd = await promisify(open)(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stream = streamOf(fd);
  try {
    return await readSome(stream, most, signal);
  } finally {
    stream.destroy(); // which closes the file
  }
}

/** A pipe or a terminal is waited for as a socket is, anything else is read as a file. */
function streamOf(fd: number): Readable {
  const kind = fstatSync(fd);
  if (kind.isFIFO()) return new Socket({ fd, readable: true, writable: false });
  if (kind.isCharacterDevice() && isatty(fd)) return new ReadStream(fd);
  return createReadStream("", { fd });
}

async function readSome(stream: Readable, most: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of addAbortSignal(signal, stream)) {
      chunks.push(Buffer.from(chunk));
      bytes += (chunk as Buffer).length;
      if (bytes > most) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return Buffer.concat(chunks).subarray(0, most + 1);
}
