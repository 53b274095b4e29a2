import path from "node:path";
import { fileURLToPath } from "node:url";

/** A place in a file of code, as Node writes it above a syntax error: alone in its line. */
const HEADING = /^((?:file:\/\/)?\/.+):(\d+)$/;
/** The same in a line of a stack. */
const FRAME = /^ {4}at .*?\(?((?:file:\/\/)?\/[^()]+):(\d+):\d+\)?$/;

/** Why code does not load, and where: `src/a.ts:12: Unexpected token`. */
export function describeLoadError(error: unknown): string {
  const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  for (const line of stack.split("\n")) {
    const [, file, lineNumber] = HEADING.exec(line) ?? FRAME.exec(line) ?? [];
    if (file === undefined) continue;
    const absolute = file.startsWith("file:") ? fileURLToPath(file) : file;
    const relative = path.relative(process.cwd(), absolute);
    return `${relative.startsWith("..") ? absolute : relative}:${lineNumber}: ${message}`;
  }
  return message;
}
