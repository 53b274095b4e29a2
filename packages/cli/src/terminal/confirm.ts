import type { Io } from "./io.ts";
import { write } from "./output.ts";

/** Whether a question would be seen and could be answered. */
export function isInteractive({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/**
 * Asks on stderr and resolves to whether the answer was yes; an empty answer or the end of the input is a no.
 *
 * @throws the signal's reason, when it aborts before there is an answer
 */
export async function confirm(question: string, { stdin, stderr, signal }: Io): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  // Without `terminal` the line is edited by the terminal itself, and Ctrl-C reaches the process as a signal.
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  const closed = Promise.withResolvers<undefined>();
  lines.once("close", () => closed.resolve(undefined));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), closed.promise]);
    if (answer === undefined) await write(stderr, "\n"); // Ctrl-D leaves the cursor behind the question
    return /^\s*y(es)?\s*$/i.test(answer ?? "");
  } finally {
    lines.close();
  }
}
