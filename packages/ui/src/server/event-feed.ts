import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { EventFrame, NumberedEvent, PageEvent } from "../shared/page-events.ts";

/** Events that are kept for pages that were away. */
export const RING_SIZE = 1_000;
/** Milliseconds between two frames: what happens meanwhile is sent together. */
const FRAME_MS = 100;
/** Milliseconds after which a page without events is told that the server is still there. */
const PING_MS = 15_000;

/** A page that listens, and the last event that it was sent. */
interface Listener {
  readonly response: Pick<ServerResponse, "end" | "write" | "writableNeedDrain">;
  sent: number;
}

/**
 * The source of events that pages listen to. It keeps the last {@link RING_SIZE} of them and nothing else: a page that
 * reads slowly, or was away, is sent what the ring still has and told how many it has missed.
 */
export class EventFeed implements Disposable {
  readonly boot = randomUUID();
  readonly #ring: NumberedEvent[] = [];
  readonly #listeners = new Set<Listener>();
  #next = 1;
  #frame: ReturnType<typeof setTimeout> | undefined;
  readonly #ping: ReturnType<typeof setInterval>;

  constructor() {
    this.#ping = setInterval(() => this.#writeAll(": still here\n\n"), PING_MS).unref();
  }

  /** Events that the ring holds now. */
  get size(): number {
    return this.#ring.length;
  }

  /** Tells all pages, those that come later too. */
  tell(event: PageEvent): void {
    const id = this.#next++;
    this.#ring[id % RING_SIZE] = { id, event };
    this.#schedule();
  }

  /**
   * Sends a page all that it has not heard of yet, and what follows.
   *
   * @param lastEventId as a browser sends it when it reconnects; of another run of the server it counts as none
   */
  subscribe(response: Listener["response"], lastEventId: string | undefined): () => void {
    const listener = { response, sent: this.#sentBefore(lastEventId) };
    this.#listeners.add(listener);
    response.write("retry: 500\n\n");
    this.#send(listener, true);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends every stream of events. */
  [Symbol.dispose](): void {
    clearInterval(this.#ping);
    clearTimeout(this.#frame);
    for (const { response } of this.#listeners) response.end();
    this.#listeners.clear();
  }

  #sentBefore(lastEventId = ""): number {
    const [boot, id] = lastEventId.split("/");
    return boot === this.boot ? Math.min(Number(id) || 0, this.#next - 1) : 0;
  }

  #schedule(): void {
    if (this.#listeners.size === 0) return;
    this.#frame ??= setTimeout(() => {
      this.#frame = undefined;
      for (const listener of this.#listeners) this.#send(listener, false);
    }, FRAME_MS);
  }

  /** A page that has not read the last frames yet is sent this one's events later, as far as they are still there. */
  #send(listener: Listener, isFirst: boolean): void {
    if (listener.response.writableNeedDrain) {
      this.#schedule();
      return;
    }
    const oldest = Math.max(1, this.#next - RING_SIZE);
    const from = Math.max(listener.sent + 1, oldest);
    const events: NumberedEvent[] = [];
    for (let id = from; id < this.#next; id++) events.push(this.#ring[id % RING_SIZE] as NumberedEvent);
    if (events.length === 0 && !isFirst) return;
    const frame: EventFrame = { boot: this.boot, missed: from - listener.sent - 1, events };
    listener.sent = this.#next - 1;
    listener.response.write(`id: ${this.boot}/${listener.sent}\ndata: ${JSON.stringify(frame)}\n\n`);
  }

  #writeAll(text: string): void {
    for (const { response } of this.#listeners) response.write(text);
  }
}
