import type { Commit, Item } from "@rollcall/memory-dynamodb";
import { Random } from "../timeline/random.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Region } from "./region.ts";

/** Longest time a write takes to the other Region, in milliseconds. */
const MAX_DELAY_MS = 1_500;

/** When an item was written, and where: of two writes the later stays. */
interface Stamp {
  readonly at: number;
  readonly order: number;
  readonly region: string;
}

/**
 * A global table, eventually consistent: every item a Region changes is sent to the others by itself, without what else its
 * transaction changed, and the last writer of an item wins. Source: DynamoDB guide, "Global tables: how it works".
 */
export class Replication {
  readonly #regions: readonly Region[];
  readonly #timeline: Timeline;
  readonly #seed: number;
  readonly #stamps = new Map<string, Stamp>();
  readonly #writes = new Map<string, number>();
  #inFlight = 0;
  #order = 0;

  constructor(regions: readonly Region[], timeline: Timeline, seed: number) {
    this.#regions = regions;
    this.#timeline = timeline;
    this.#seed = seed;
    if (regions.length < 2) return;
    for (const region of regions) region.onCommit = (commit) => this.#send(region, commit);
  }

  /** Whether every Region has heard of every write. */
  get isDone(): boolean {
    return this.#inFlight === 0;
  }

  #send(from: Region, { table, changes, replicated }: Commit): void {
    if (replicated) return;
    for (const { key, after } of changes) {
      const stamp = { at: this.#timeline.now(), order: this.#order++, region: from.name };
      this.#stamps.set(stampKey(from, table, key), stamp);
      for (const to of this.#regions) {
        if (to === from) continue;
        this.#inFlight++;
        this.#timeline.after(this.#delayMs(to, table, key), () => {
          this.#inFlight--;
          this.#receive(to, table, key, after, stamp);
        });
      }
    }
  }

  /** By the item and how often it was written: what other items do changes nothing here. */
  #delayMs(to: Region, table: string, key: Item): number {
    const place = stampKey(to, table, key);
    const writes = (this.#writes.get(place) ?? 0) + 1;
    this.#writes.set(place, writes);
    return new Random(this.#seed, `${place} ${writes}`).int(1, MAX_DELAY_MS);
  }

  #receive(region: Region, tableName: string, key: Item, item: Item | undefined, stamp: Stamp): void {
    const place = stampKey(region, tableName, key);
    const known = this.#stamps.get(place);
    if (known !== undefined && !isLater(stamp, known)) return;
    this.#stamps.set(place, stamp);
    region.database.table(tableName).replicate(key, item);
  }
}

function isLater(a: Stamp, b: Stamp): boolean {
  if (a.at !== b.at) return a.at > b.at;
  return a.region === b.region ? a.order > b.order : a.region > b.region;
}

function stampKey({ name }: Region, table: string, key: Item): string {
  return `${name} ${table} ${JSON.stringify(key)}`;
}
