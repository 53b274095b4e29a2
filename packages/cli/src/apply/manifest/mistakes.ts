import { MAX_MISTAKES } from "../constants.ts";
import { ManifestError, TooManyEntriesError } from "./errors.ts";

/** Gathers the mistakes of one text, so that its author hears of all of them together. */
export class Mistakes {
  readonly #found: ManifestError[] = [];

  /** Notes one mistake. */
  add(mistake: ManifestError): void {
    this.#found.push(mistake);
    if (this.#found.length >= MAX_MISTAKES) this.throwIfAny();
  }

  /**
   * What reading a part comes to, or `undefined` where a mistake was noted.
   *
   * @throws what ends the reading of the whole
   */
  attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ManifestError) || error instanceof TooManyEntriesError) throw error;
      if (error.others.length > 0) throw error; // these are all there are
      this.add(error);
      return undefined;
    }
  }

  /** @throws ManifestError with the first mistake in the text, and all others, if there are any */
  throwIfAny(): void {
    const [first, ...others] = this.#found.toSorted((a, b) => a.line - b.line || a.column - b.column);
    if (first !== undefined) throw new ManifestError(first, first.problem, { cause: first.cause, others });
  }
}
