import type { Said } from "./said.ts";

/**
 * Answers the process that has asked by `askProcess`, and ends, also where something was left open.
 *
 * @param work what there is to do for a question; the answer may hold all that can be cloned
 */
export function answer<Question, Answer>(work: (question: Question) => Answer | Promise<Answer>): void {
  process.once("uncaughtException", (error) => say(failure(error)));
  process.once("message", async (question: Question) => {
    try {
      say({ kind: "answered", answer: await work(question) });
    } catch (error) {
      say(failure(error));
    }
  });
}

function say(said: Said<unknown>): void {
  process.send?.(said, () => process.exit());
}

function failure(thrown: unknown): Said<never> {
  const { message, stack = "" } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { kind: "failed", message, stack };
}
