import type { Clock } from "@rollcall/registry/protocol";
import { Pass } from "../pass/pass.ts";
import { initialCursor, isCursorFor, type PassCursor } from "../pass/pass-cursor.ts";
import { ReadBudget } from "../pass/read-budget.ts";
import type { TableReader } from "../repair/membership.ts";
import { count, type MaintainerLogger, type MaintainerMetrics } from "../telemetry.ts";
import { type SweepFindings, type SweepState, writeSweepState } from "./sweep-state.ts";
import { NO_FINDINGS, SweepTally } from "./sweep-tally.ts";

/** How often a sweep is saved on its way, in milliseconds: a crash repeats no more than this. */
const SAVE_INTERVAL_MS = 10_000;

/** How an invocation ended: at the table's end, at its time's, or because another sweep took over. */
export interface SweepResult {
  outcome: "completed" | "time-up" | "overtaken";
  /** Items scanned and what was found since this sweep began, in however many invocations. */
  itemsScanned: number;
  findings: SweepFindings;
}

/** What a sweep works with. */
export interface SweepWork {
  table: TableReader;
  maxReadUnitsPerSecond: number;
  segments: number;
  logger: MaintainerLogger;
  metrics: MaintainerMetrics;
  clock: Clock;
  epochMs: () => number;
}

class OvertakenError extends Error {}

/** One invocation's part of a sweep: goes on from the state that was left, and leaves its own. */
export class SweepRun {
  readonly #work: SweepWork;
  readonly #tally: SweepTally;
  readonly #startedAt: number;
  readonly #firstPage: number;
  readonly #begunMs: number;
  #state: SweepState;
  #cursor: PassCursor;
  #savedMs = Number.NEGATIVE_INFINITY;

  constructor(work: SweepWork, state: SweepState) {
    const { table, segments, logger, metrics, clock, epochMs } = work;
    const current = isCursorFor(state.current?.cursor, table.tableName, "all") ? state.current : undefined;
    this.#work = work;
    this.#state = state;
    this.#startedAt = current?.startedAt ?? epochMs();
    this.#tally = new SweepTally(current?.findings ?? NO_FINDINGS, logger, metrics);
    this.#cursor = current?.cursor ?? initialCursor(table.tableName, "all", segments);
    this.#firstPage = this.#cursor.pages;
    this.#begunMs = clock.now();
  }

  /** Sweeps until the table's end or the signal. Rejects with what DynamoDB refuses, once it has saved where it is. */
  async run(timeUp: AbortSignal): Promise<SweepResult> {
    try {
      const outcome = await this.#runUntil(timeUp).catch((error: unknown) => {
        if (error instanceof OvertakenError) return "overtaken" as const;
        throw error;
      });
      const result = { outcome, itemsScanned: this.#cursor.itemsScanned, findings: this.#tally.findings };
      this.#work.logger.info("Swept the table", { ...result, startedAt: new Date(this.#startedAt).toISOString() });
      return result;
    } finally {
      this.#publish();
    }
  }

  async #runUntil(timeUp: AbortSignal): Promise<"completed" | "time-up"> {
    const { table, maxReadUnitsPerSecond, metrics, clock } = this.#work;
    await this.#saveProgress(); // takes over from a sweep that may still be under way
    const pass = new Pass({
      table,
      cursor: this.#cursor,
      repairs: true,
      budget: new ReadBudget(maxReadUnitsPerSecond, clock),
      book: this.#tally,
      save: async (cursor) => {
        this.#cursor = cursor;
        if (clock.now() - this.#savedMs >= SAVE_INTERVAL_MS) await this.#saveProgress();
      },
      onProgress: () => {},
      onRegistrySize: (bytes) => count(metrics, "registrySize", bytes),
    });
    try {
      await pass.run(timeUp);
    } catch (error) {
      if (error instanceof OvertakenError) throw error;
      await this.#saveProgress();
      if (timeUp.aborted) return "time-up";
      throw error;
    }
    await this.#saveCompletion();
    return "completed";
  }

  async #saveProgress(): Promise<void> {
    const current = { startedAt: this.#startedAt, findings: this.#tally.findings, cursor: this.#cursor };
    await this.#write({ ...this.#state, current });
  }

  async #saveCompletion(): Promise<void> {
    const { itemsScanned, scanReadUnits } = this.#cursor;
    const { findings } = this.#tally;
    const last = {
      startedAt: this.#startedAt,
      completedAt: this.#work.epochMs(),
      itemsScanned,
      scanReadUnits,
      findings,
    };
    await this.#write({ ...this.#state, current: undefined, last });
  }

  async #write(next: SweepState): Promise<void> {
    const state = { ...next, version: this.#state.version + 1 };
    const outcome = await writeSweepState(this.#work.table, state);
    if (outcome === "overtaken") throw new OvertakenError("Another sweep took over");
    if (outcome === "written") this.#state = state;
    else this.#work.logger.warn("What is left to do is too much to be saved; the next invocation repeats some pages");
    this.#savedMs = this.#work.clock.now();
  }

  #publish(): void {
    const { metrics, clock, epochMs } = this.#work;
    const completeUntil = this.#state.last?.startedAt ?? this.#startedAt;
    count(metrics, "sweepDuration", clock.now() - this.#begunMs);
    count(metrics, "sweepPages", this.#cursor.pages - this.#firstPage);
    count(metrics, "driftAge", Math.max(0, epochMs() - completeUntil) / 1_000);
    metrics.publishStoredMetrics();
  }
}
