import { type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { claim } from "../claim.ts";
import { ScanError } from "../errors.ts";
import { PageSize } from "./page-size.ts";
import type { SegmentPosition } from "./pass-cursor.ts";
import type { ReadBudget } from "./read-budget.ts";
import type { ScannedItem, ScanReader } from "./scan-page.ts";

/** Read units of 1 MB, the most a Scan reads in one request. All segments together read about that much at a time. */
const MAX_PAGE_UNITS = 128;
/** Part of the budget's burst that one page may be. */
const BURST_PAGES = 4;

/** One answer of the Scan. */
export interface Page {
  /** What of its items matters to a pass. */
  items: ScannedItem[];
  scannedCount: number;
  readUnits: number;
  /** Where its segment continues. */
  next: SegmentPosition;
}

/** A key that a segment's Scan was at, to compare later ones with. */
interface Landmark {
  key: string;
  /** Pages since. When they are as many as the limit, the next key takes its place, and the limit doubles. */
  pages: number;
  limit: number;
}

/** Reads the table page by page, segments side by side, within the budget. */
export class TableScan {
  readonly #table: { client: Pick<DynamoDBClient, "send">; tableName: string };
  readonly #reader: ScanReader;
  readonly #budget: ReadBudget;
  readonly #positions: SegmentPosition[];
  /** What a page is to cost. */
  readonly #pageUnits: number;
  readonly #pageSize: PageSize;
  readonly #landmarks = new Map<number, Landmark>();

  constructor(
    table: { client: Pick<DynamoDBClient, "send">; tableName: string },
    reader: ScanReader,
    budget: ReadBudget,
    positions: readonly SegmentPosition[],
  ) {
    this.#table = table;
    this.#reader = reader;
    this.#budget = budget;
    this.#positions = structuredClone([...positions]);
    claim(positions.length > 0, "a Scan has segments: without any it would end at its start and find nothing");
    this.#pageUnits = Math.min(MAX_PAGE_UNITS / positions.length, budget.burstUnits / BURST_PAGES);
    this.#pageSize = new PageSize(this.#pageUnits);
  }

  /** How far each segment has come. */
  get positions(): readonly SegmentPosition[] {
    return this.#positions;
  }

  /** Moves a segment on: what lies behind this position was dealt with. */
  moveOn(index: number, position: SegmentPosition): void {
    claim(this.#positions[index]?.done === false, "a segment that was read to its end stays there");
    this.#positions[index] = position;
  }

  /**
   * Reads the page of a segment behind its position.
   *
   * @throws ScanError where the Scan goes in circles
   */
  async read(index: number, signal: AbortSignal): Promise<Page> {
    const { client, tableName } = this.#table;
    const position = this.#positions[index];
    claim(position?.done === false, "a segment is read only while it has more");
    const [units, { limit }] = [this.#pageUnits, this.#pageSize];
    await this.#budget.take(units, signal);
    const segment = { index, total: this.#positions.length, position };
    const {
      Items = [],
      ScannedCount = 0,
      ConsumedCapacity,
      LastEvaluatedKey,
    } = await client.send(new ScanCommand(this.#reader.page(tableName, segment, limit)), { abortSignal: signal });
    const readUnits = ConsumedCapacity?.CapacityUnits ?? units;
    this.#budget.charge(units, readUnits);
    this.#pageSize.learn({ limit, scannedCount: ScannedCount, readUnits });
    if (LastEvaluatedKey !== undefined) this.#assertProgress(index, JSON.stringify(LastEvaluatedKey));
    return {
      items: Items.flatMap((item) => this.#reader.classify(item)),
      scannedCount: ScannedCount,
      readUnits,
      next: LastEvaluatedKey ? { done: false, after: LastEvaluatedKey } : { done: true },
    };
  }

  /**
   * A key that comes twice begins a circle without an end. Comparing each with one landmark, set ever further apart,
   * finds any circle in at most three times its length and keeps one key a segment. Source: R. P. Brent, 1980.
   */
  #assertProgress(index: number, key: string): void {
    const landmark = this.#landmarks.get(index) ?? { key: "", pages: 0, limit: 1 };
    if (landmark.key === key) throw new ScanError(this.#table.tableName, index);
    landmark.pages++;
    const isReached = landmark.pages === landmark.limit;
    this.#landmarks.set(index, isReached ? { key, pages: 0, limit: 2 * landmark.limit } : landmark);
  }
}
