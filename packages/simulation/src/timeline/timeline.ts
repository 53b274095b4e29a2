import TinyQueue from "tinyqueue";

/** When every simulation begins, in milliseconds since 1970. */
const START = Date.UTC(2030, 0, 1);

interface Event {
  readonly at: number;
  /** Events of one moment happen in the order in which they were planned. */
  readonly order: number;
  action: (() => void) | undefined;
}

/**
 * The time of a simulation, and every event that is planned in it. Time passes only from one event to the next, and the
 * next happens when no promise can continue by itself any more: so the same plan gives the same history.
 */
export class Timeline {
  readonly #events = new TinyQueue<Event>([], (a, b) => a.at - b.at || a.order - b.order);
  #now = START;
  #planned = 0;
  #afterwards: (() => void)[] = [];

  /** Milliseconds since 1970. */
  readonly now = (): number => this.#now;

  /** Milliseconds since the simulation began. */
  get elapsed(): number {
    return this.#now - START;
  }

  /** Plans an action. Returns how to call it off, which tells whether that was in time. */
  after(ms: number, action: () => void): () => boolean {
    const event: Event = { at: this.#now + Math.max(0, ms), order: this.#planned++, action };
    this.#events.push(event);
    return () => {
      const isInTime = event.action !== undefined;
      event.action = undefined;
      return isInTime;
    };
  }

  /** Runs an action when every promise that this event lets continue has continued, before the next event. */
  whenIdle(action: () => void): void {
    this.#afterwards.push(action);
  }

  /** Lets time pass until `isOver`, asked after every event, or until nothing is left to happen. */
  async runUntil(isOver: () => boolean): Promise<void> {
    await untilIdle(); // what was begun before time passes
    while (!isOver()) {
      const event = this.#events.pop();
      if (event === undefined) return;
      const { action } = event;
      if (action === undefined) continue;
      event.action = undefined;
      this.#now = event.at;
      action();
      await untilIdle();
      for (const afterwards of this.#afterwards.splice(0)) afterwards();
    }
  }
}

/** Resolves when no promise can continue by itself any more. */
function untilIdle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
