import { Turns } from "./turns.ts";

/** Saves of one pass: one at a time, and none after one that has failed, which every later call rejects with. */
export class Saves {
  readonly #save: () => Promise<void>;
  readonly #turns = new Turns();
  #failure: { error: unknown } | undefined;

  /** @param save saves what is so at the moment it is called */
  constructor(save: () => Promise<void>) {
    this.#save = save;
  }

  /** Whether a save has failed. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  save(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#failure !== undefined) throw this.#failure.error;
      try {
        await this.#save();
      } catch (error) {
        this.#failure = { error };
        throw error;
      }
    });
  }
}
