/**
 * Runs work on the same key one after another, in the order of their calls, and work on different keys side by
 * side. Work on a free key starts immediately, within the call.
 */
export class KeyedOrder {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves or rejects as `work` does. What one piece of work throws does not stop the next on its key. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const result = before === undefined ? work() : before.then(work);
    const release = (): void => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    };
    const tail = result.then(release, release);
    this.#tails.set(key, tail);
    return result;
  }

  /** Resolves when everything that is running has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}
