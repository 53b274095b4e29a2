import type { Io } from "../terminal/io.ts";
import { write } from "../terminal/output.ts";

/** Milliseconds between two looks. */
export const WATCH_INTERVAL_MS = 2_000;

/** Whether what is written to stdout can be drawn over: only a terminal has a width. */
export function canRedraw({ stdout }: Io): boolean {
  return stdout.columns !== undefined;
}

/** Shows something again and again until the signal aborts: in the place of the last, or one after the other. */
export async function watch(redraws: boolean, look: () => Promise<readonly string[]>, io: Io): Promise<void> {
  const { stdout, clock, signal } = io;
  let drawn = 0;
  while (!signal.aborted) {
    try {
      const lines = await look();
      const back = redraws && drawn > 0 ? `\u001b[${drawn}A\u001b[J` : "";
      await write(stdout, back + lines.map((line) => `${redraws ? fit(line, stdout.columns) : line}\n`).join(""));
      drawn = lines.length;
      await clock.sleep(WATCH_INTERVAL_MS, signal);
    } catch (error) {
      if (!signal.aborted) throw error; // Ctrl-C is how this ends
    }
  }
}

/** A line that wrapped would be two to go back over. */
function fit(line: string, columns: number | undefined): string {
  return columns === undefined ? line : line.slice(0, columns - 1);
}
