import type { Operation, Writer } from "../alternatives/writer.ts";

/** How many writes came to what end. */
export interface Outcome {
  acknowledged: number;
  failed: number;
}

/** Does one operation on all of the names: so many concurrent writers, each with one write after the other. */
export async function writeAll(
  writer: Writer,
  operation: Operation,
  names: readonly string[],
  writers: number,
): Promise<Outcome> {
  const outcome: Outcome = { acknowledged: 0, failed: 0 };
  const waiting = names.values();
  const work = async () => {
    for (const name of waiting) {
      try {
        await writer[operation](name);
        outcome.acknowledged++;
      } catch {
        outcome.failed++; // what this leaves behind shows as drift
      }
    }
  };
  await Promise.all(Array.from({ length: writers }, work));
  return outcome;
}
