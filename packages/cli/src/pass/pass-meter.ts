import type { PassProgress } from "@rollcall/maintainer";
import type { Io } from "../terminal/io.ts";
import { count } from "../terminal/output.ts";
import type { Printer } from "../terminal/printer.ts";

/** Milliseconds between two lines on a terminal, where each takes the other's place. */
const REDRAW_MS = 100;
/** Milliseconds between two lines elsewhere. */
const LINE_MS = 10_000;

type Counts = Pick<PassProgress, "itemsScanned" | "scanReadUnits">;

/** Says on stderr how far a pass has come: in one line that changes on a terminal, in a line now and then elsewhere. */
export class PassMeter {
  readonly #io: Io;
  readonly #printer: Printer;
  /** Items of the table, as far as DynamoDB knows; it counts them every six hours. */
  readonly #itemCount: number | undefined;
  readonly #startedMs: number;
  /** What an earlier run had read, which takes no part in the rates of this one. */
  readonly #before: Counts;
  #shownMs: number;

  /** @param before how far the pass had come before this run */
  constructor(
    io: Io,
    printer: Printer,
    itemCount: number | undefined,
    before: Counts = { itemsScanned: 0, scanReadUnits: 0 },
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
    void this.#printer.progress(this.#describe(progress, (clock.now() - this.#startedMs) / 1_000));
  }

  /** Takes the changing line away. */
  end(): Promise<void> {
    return this.#printer.progress(undefined);
  }

  #describe({ phase, itemsScanned, scanReadUnits }: PassProgress, seconds: number): string {
    if (phase === "registries") return `${count(itemsScanned, "item")} read; checking registered names`;
    const itemRate = (itemsScanned - this.#before.itemsScanned) / seconds;
    const unitRate = (scanReadUnits - this.#before.scanReadUnits) / seconds;
    const rate = `${count(Math.round(itemRate), "item")}/s, ${count(Math.round(unitRate), "read unit")}/s`;
    const total = this.#itemCount;
    if (!total || total < itemsScanned) return `${count(itemsScanned, "item")} read, ${rate}`;
    const share = Math.floor((itemsScanned / total) * 100);
    const left = itemRate > 0 ? `, ${formatSeconds((total - itemsScanned) / itemRate)} left` : "";
    return `${share}%, ${itemsScanned.toLocaleString("en-US")} of about ${count(total, "item")} read, ${rate}${left}`;
  }
}

/** `45 s`, `3 min`, `2.5 h`: as exact as an estimate is. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
