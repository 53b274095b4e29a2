import type { EventFrame, NumberedEvent, PageEvent, PageOwner } from "../../shared/page-events.ts";
import { Store } from "./store.ts";

/** Rows that are kept: the newest. */
const MAX_ROWS = 500;
/** The chart's bars: 15 minutes. */
export const BAR_MS = 10_000;
export const BARS = 90;

/** A row of the stream. */
export interface StreamRow {
  readonly key: string;
  readonly event: Exclude<PageEvent, { kind: "audit" }>;
}

/** Drift that was found and healed in ten seconds. */
export interface Bar {
  readonly healed: number;
  readonly unrepaired: number;
}

/** What the page keeps of the stream of events: so many rows and bars, however much is told. */
export class Stream {
  /** Newest first. */
  readonly rows = new Store<readonly StreamRow[]>([]);
  /** By their number since 1970. */
  readonly bars = new Store<ReadonlyMap<number, Bar>>(new Map());
  readonly paused = new Store(false);
  /** Rows that came while it was paused. */
  readonly held = new Store(0);
  #waiting: readonly StreamRow[] = [];

  /** Takes a frame's events, of one run of the server. */
  take({ boot, events }: Pick<EventFrame, "boot" | "events">): void {
    const rows = events.filter(isRow).map(({ id, event }) => ({ key: `${boot}/${id}`, event }));
    if (rows.length === 0) return;
    this.#count(rows);
    const newest = rows.slice(-MAX_ROWS).reverse();
    this.#waiting = [...newest, ...this.#waiting].slice(0, MAX_ROWS);
    if (this.paused.value) this.held.value = this.#waiting.length;
    else this.#show();
  }

  /** Stops showing what comes, or shows what came meanwhile. */
  togglePause(): void {
    this.paused.value = !this.paused.value;
    if (!this.paused.value) this.#show();
  }

  clear(): void {
    this.#waiting = [];
    this.rows.value = [];
    this.held.value = 0;
  }

  #show(): void {
    this.rows.value = [...this.#waiting, ...this.rows.value].slice(0, MAX_ROWS);
    this.#waiting = [];
    this.held.value = 0;
  }

  #count(rows: readonly StreamRow[]): void {
    const bars = new Map(this.bars.value);
    for (const { event } of rows) {
      if (event.kind !== "batch") continue;
      const number = Math.floor(event.at / BAR_MS);
      const { healed = 0, unrepaired = 0 } = bars.get(number) ?? {};
      const [more, left] = event.registries.reduce(
        ([sum, failed], each) => [sum + each.added.count + each.removed.count, failed + each.unrepaired.length],
        [0, 0],
      ) as [number, number];
      if (more + left > 0) bars.set(number, { healed: healed + more, unrepaired: unrepaired + left });
    }
    const oldest = Math.floor(Date.now() / BAR_MS) - BARS;
    for (const number of bars.keys()) if (number < oldest) bars.delete(number);
    this.bars.value = bars;
  }
}

type RowEvent = NumberedEvent & { readonly event: StreamRow["event"] };

function isRow(numbered: NumberedEvent): numbered is RowEvent {
  const { event } = numbered;
  // batches of nothing but other items say nothing
  return event.kind !== "audit";
}

/** Whether a row is about a registry. Notes are about all of them. */
export function concerns({ event }: StreamRow, { registry, scope }: PageOwner): boolean {
  if (event.kind === "note") return true;
  if (event.kind === "drift") return event.registry === registry && event.scope === scope;
  return event.registries.some((each) => each.registry === registry && each.scope === scope);
}
