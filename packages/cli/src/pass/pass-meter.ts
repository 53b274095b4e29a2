import type { PassProgress } from "@rollcall/maintainer";
import type { Io } from "../terminal/io.ts";
import { count } from "../terminal/output.ts";
import type { Printer } from "../terminal/printer.ts";

/** Milliseconds between two lines on a terminal, where each takes the other's place. */
const REDRAW_MS = 100;
/** Milliseconds between two lines elsewhere. */
const LINE_MS = 10_000;

/** How far the pass had come before this run. */
interface Before {
  itemsScanned: number;
  scanReadUnits: number;
  /** Names that had been added to registries. */
  added: number;
}

/** Says on stderr how far a pass has come: in one line that changes on a terminal, in a line now and then elsewhere. */
export class PassMeter {
  readonly #io: Io;
  readonly #printer: Printer;
  /** Items of the table, as far as DynamoDB knows; it counts them every six hours. */
  readonly #itemCount: number | undefined;
  readonly #startedMs: number;
  /** What an earlier run had read, which takes no part in the rates of this one. */
  readonly #before: Before;
  #shownMs: number;

  /** @param before how far the pass had come before this run */
  constructor(
    io: Io,
    printer: Printer,
    itemCount: number | undefined,
    before: Before = { itemsScanned: 0, scanReadUnits: 0, added: 0 },
  ) {
    this.#io = io;
    this.#printer = printer;
    this.#itemCount = itemCount;
    this.#before = before;
    this.#startedMs = io.clock.now();
    this.#shownMs = this.#startedMs;
  }

  /** Takes notice, and speaks when it is time to. */
  show(progress: PassProgress): void {
    const { stderr, clock } = this.#io;
    if (clock.now() - this.#shownMs < (stderr.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.#shownMs = clock.now();
    void this.#printer.progress(this.#progressText(progress, (clock.now() - this.#startedMs) / 1_000));
  }

  /** Takes the changing line away. */
  end(): Promise<void> {
    return this.#printer.progress(undefined);
  }

  #progressText(progress: PassProgress, seconds: number): string {
    const { phase, itemsScanned } = progress;
    const names = this.#describeNames(progress, seconds);
    if (phase === "registries") return `${count(itemsScanned, "item")} read; checking registered names${names}`;
    const total = this.#itemCount;
    const isKnown = total !== undefined && total >= itemsScanned && total > 0;
    const read = isKnown
      ? `${Math.floor((itemsScanned / total) * 100)}%, ${itemsScanned.toLocaleString("en-US")} of about ${count(total, "item")} read`
      : `${count(itemsScanned, "item")} read`;
    return `${read}${this.#describeRates(progress, seconds, isKnown ? total : undefined)}${names}`;
  }

  /** Nothing while the first page is not done with: it holds thousands of items. */
  #describeRates({ itemsScanned, scanReadUnits }: PassProgress, seconds: number, total: number | undefined): string {
    const itemRate = (itemsScanned - this.#before.itemsScanned) / seconds;
    const unitRate = (scanReadUnits - this.#before.scanReadUnits) / seconds;
    if (!(itemRate > 0)) return "";
    const left = total === undefined ? "" : `, ${formatSeconds((total - itemsScanned) / itemRate)} left`;
    return `, ${count(rounded(itemRate), "item")}/s, ${count(rounded(unitRate), "read unit")}/s${left}`;
  }

  /** What became of names, where anything did. */
  #describeNames({ added, removed, wrong }: PassProgress, seconds: number): string {
    const decided = added + removed + wrong;
    if (decided === 0) return "";
    const parts = [
      ...(added > 0 ? [`${count(this.#before.added + added, "name")} added`] : []),
      ...(removed > 0 ? [`${count(removed, "name")} removed`] : []),
      ...(wrong > 0 ? [`${count(wrong, "name")} wrong`] : []),
    ];
    return `; ${parts.join(", ")}, ${count(rounded(decided / seconds), "name")}/s`;
  }
}

/** A rate as a whole number, or with what keeps it from looking like none. */
function rounded(rate: number): number {
  return rate >= 1 ? Math.round(rate) : Math.ceil(rate * 100) / 100;
}

/** `45 s`, `3 min`, `2.5 h`: as exact as an estimate is. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
