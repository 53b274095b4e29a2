import type { Io } from "../terminal/io.ts";
import type { Printer, Update } from "../terminal/printer.ts";

/** Milliseconds between two looks. */
export const WATCH_INTERVAL_MS = 2_000;

/** Shows something again and again until the signal aborts: in the place of the last, or one after the other. */
export async function watch(look: () => Promise<Update>, printer: Printer, { clock, signal }: Io): Promise<void> {
  while (!signal.aborted) {
    try {
      await printer.update(await look());
      await clock.sleep(WATCH_INTERVAL_MS, signal);
    } catch (error) {
      if (!signal.aborted) throw error; // Ctrl-C is how this ends
    }
  }
}
