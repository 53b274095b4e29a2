/** One piece of work at a time, in the order in which they come. One that fails holds up none of the others. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the work does, which begins when all before it has ended. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {}); // its caller hears of it
    return turn;
  }
}
