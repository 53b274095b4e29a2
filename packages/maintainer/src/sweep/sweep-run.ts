import type { Clock } from "@rollcall/registry/protocol";
import { attachSaveError } from "../errors.ts";
import type { MaintainerObserver } from "../events.ts";
import { Pass } from "../pass/pass.ts";
import { initialCursor, isOfRegistries, isSamePlace, type PassCursor } from "../pass/pass-cursor.ts";
import { ReadBudget } from "../pass/read-budget.ts";
import type { TableRegistries } from "../registries/table-registries.ts";
import { RegistryMetrics } from "../registry-metrics.ts";
import type { TableReader } from "../repair/membership.ts";
import type { MaintainerLogger, MaintainerMetrics } from "../telemetry.ts";
import type { CompletedSweep, CurrentSweep, SweepFindings, SweepState } from "./sweep-state.ts";
import { MAX_REFUSED_BYTES, SweepStore } from "./sweep-store.ts";
import { NO_FINDINGS, SweepTally } from "./sweep-tally.ts";
import type { SweepTime } from "./sweep-time.ts";

/** How often a sweep is saved while it runs, in milliseconds: a crash repeats no more than this. */
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
  registries: TableRegistries;
  maxReadUnitsPerSecond: number;
  segments: number;
  logger: MaintainerLogger;
  metrics: MaintainerMetrics;
  clock: Clock;
  epochMs: () => number;
  /** Hears what is found in each registry. */
  tell: MaintainerObserver;
  /** Called when an invocation's time was up and the next has all the same left to do. */
  onStalled: () => void;
}

class OvertakenError extends Error {}

/** One invocation's part of a sweep: resumes from the state that was left, and leaves its own. */
export class SweepRun {
  readonly #work: SweepWork;
  readonly #store: SweepStore;
  readonly #time: SweepTime;
  readonly #tally: SweepTally;
  /** Where this invocation began; `isResumed` if an earlier one of the same sweep had. */
  readonly #begun: { ms: number; cursor: PassCursor; repaired: number; startedAt: number; isResumed: boolean };
  /** Where it is. Names that no room was found for may be left out, and are then left to the next sweep. */
  #place: { cursor: PassCursor; forgottenCount: number };
  #last: CompletedSweep | undefined;
  #savedMs = Number.NEGATIVE_INFINITY;

  private constructor(work: SweepWork, store: SweepStore, time: SweepTime, state: SweepState) {
    const { table, registries, segments, logger, clock, epochMs, tell } = work;
    const isIts =
      state.current?.cursor.tableName === table.tableName && isOfRegistries(state.current.cursor, registries);
    const current = isIts ? state.current : undefined;
    this.#work = work;
    this.#store = store;
    this.#time = time;
    const metrics = new RegistryMetrics(work.metrics);
    this.#tally = new SweepTally(current?.findings ?? NO_FINDINGS, { logger, metrics, tell });
    const cursor = current?.cursor ?? initialCursor(table.tableName, registries, "all", segments);
    this.#place = { cursor, forgottenCount: 0 };
    this.#begun = {
      ms: clock.now(),
      cursor,
      repaired: this.#tally.findings.repaired,
      startedAt: current?.startedAt ?? epochMs(),
      isResumed: current !== undefined,
    };
    this.#last = state.last;
  }

  /** Begins where the table's state says. */
  static async begin(work: SweepWork, time: SweepTime): Promise<SweepRun> {
    const store = new SweepStore({ ...work.table, key: work.registries.key }, work.logger);
    return new SweepRun(work, store, time, await store.read(time.deadline));
  }

  /** Sweeps until the table's end or the time's. Rejects with what DynamoDB refuses, once it has saved where it is. */
  async run(): Promise<SweepResult> {
    try {
      const outcome = await this.#sweep().catch((error: unknown) => {
        if (error instanceof OvertakenError) return "overtaken" as const;
        throw error;
      });
      const result = { outcome, itemsScanned: this.#place.cursor.itemsScanned, findings: this.#findings() };
      const startedAt = new Date(this.#begun.startedAt).toISOString();
      this.#work.logger.info("Swept the table", { ...result, startedAt });
      return result;
    } finally {
      this.#publish();
    }
  }

  async #sweep(): Promise<"completed" | "time-up"> {
    const { timeUp } = this.#time;
    if (timeUp.aborted) return "time-up"; // nothing can be read, so nothing is written either
    await this.#saveProgress(); // takes over from a sweep that may still be running
    try {
      await this.#pass().run(timeUp);
    } catch (error) {
      if (error instanceof OvertakenError) throw error;
      await this.#saveAfter(error);
      if (!timeUp.aborted) throw error;
      if (this.#hasStalled()) this.#work.onStalled();
      return "time-up";
    }
    await this.#saveCompletion();
    return "completed";
  }

  /** Whether this invocation has come no further and repaired nothing: the next one would do no better. */
  #hasStalled(): boolean {
    const { cursor, repaired } = this.#begun;
    return isSamePlace(cursor, this.#place.cursor) && repaired === this.#tally.findings.repaired;
  }

  #pass(): Pass {
    const { table, registries, maxReadUnitsPerSecond, clock } = this.#work;
    return new Pass({
      table,
      registries,
      cursor: this.#place.cursor,
      repairs: true,
      budget: new ReadBudget(maxReadUnitsPerSecond, clock),
      book: this.#tally,
      maxRefusedBytes: MAX_REFUSED_BYTES,
      save: async (cursor, forgottenCount) => {
        this.#place = { cursor, forgottenCount };
        if (clock.now() - this.#savedMs >= SAVE_INTERVAL_MS) await this.#saveProgress();
      },
      onProgress: () => {},
    });
  }

  /** Saves where a pass stopped. The error that stopped it stays the first, also where that fails. */
  async #saveAfter(error: unknown): Promise<void> {
    try {
      if (this.#isRefusedPlace(error)) await this.#discardPlace(error);
      else await this.#saveProgress();
    } catch (saveError) {
      if (this.#time.timeUp.aborted) throw saveError; // time is up, which is no error: this one is the first
      attachSaveError(error, saveError);
    }
  }

  /** Whether DynamoDB refuses to read on from where the state says, before anything was read. */
  #isRefusedPlace(error: unknown): boolean {
    const { cursor, isResumed } = this.#begun;
    const isInvalid = error instanceof Error && error.name === "ValidationException";
    return isInvalid && isResumed && this.#place.cursor.pages === cursor.pages;
  }

  async #discardPlace(error: unknown): Promise<void> {
    const message = "DynamoDB refuses to continue where the state of sweeps says; the next begins at the table's start";
    this.#work.logger.error(message, { error: error as Error });
    await this.#write({ last: this.#last });
  }

  async #saveProgress(): Promise<void> {
    const { startedAt } = this.#begun;
    const current: CurrentSweep = { startedAt, findings: this.#findings(), cursor: this.#place.cursor };
    await this.#write({ current, last: this.#last });
  }

  async #saveCompletion(): Promise<void> {
    const { itemsScanned, scanReadUnits } = this.#place.cursor;
    const { startedAt } = this.#begun;
    const completedAt = this.#work.epochMs();
    const last = { startedAt, completedAt, itemsScanned, scanReadUnits, findings: this.#findings() };
    await this.#write({ last });
    this.#last = last;
  }

  async #write(state: Omit<SweepState, "version">): Promise<void> {
    const outcome = await this.#store.write(state, this.#time.deadline);
    if (outcome === "overtaken") throw new OvertakenError("Another sweep took over");
    if (outcome === "too-large") {
      const { segments } = this.#place.cursor;
      this.#work.logger.error(
        "Where the sweep is cannot be saved: the keys of its segments are too large together. Set fewer segments",
        { segments: segments.length },
      );
    }
    this.#savedMs = this.#work.clock.now();
  }

  /** Names that were found without room and are not met again by this sweep are missing, and not repaired. */
  #findings(): SweepFindings {
    const { forgottenCount } = this.#place;
    const { missing, unrepaired, ...others } = this.#tally.findings;
    return { ...others, missing: missing + forgottenCount, unrepaired: unrepaired + forgottenCount };
  }

  #publish(): void {
    const { metrics } = this.#tally;
    const { clock, epochMs } = this.#work;
    const { ms, cursor: begun, startedAt } = this.#begun;
    const { cursor, forgottenCount } = this.#place;
    if (forgottenCount > 0) {
      metrics.count("namesMissing", forgottenCount);
      metrics.count("namesUnrepairable", forgottenCount);
    }
    metrics.count("sweepDuration", clock.now() - ms);
    metrics.count("sweepPages", cursor.pages - begun.pages);
    metrics.count("driftAge", Math.max(0, epochMs() - (this.#last?.startedAt ?? startedAt)) / 1_000);
    metrics.publish();
  }
}
