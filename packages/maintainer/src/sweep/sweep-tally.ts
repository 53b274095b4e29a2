import { firstNames } from "../first-names.ts";
import type { CheckedRegistry, Met, PassBook } from "../pass/pass-book.ts";
import type { Scope } from "../pass/pass-cursor.ts";
import type { Findings } from "../repair/findings.ts";
import { count, type MaintainerLogger, type MaintainerMetrics, type maintainerMetrics } from "../telemetry.ts";
import type { SweepFindings } from "./sweep-state.ts";

/** Findings of nothing. */
export const NO_FINDINGS: SweepFindings = {
  defaults: 0,
  missing: 0,
  orphaned: 0,
  repaired: 0,
  unrepaired: 0,
  malformed: 0,
  legacyLimits: 0,
};

/** Keeps count of what a sweep finds and does, and says it in log and metrics. Names are not kept, only told. */
export class SweepTally implements PassBook {
  readonly findings: SweepFindings;
  readonly #logger: MaintainerLogger;
  readonly #metrics: MaintainerMetrics;

  /** @param findings what the same sweep has found in earlier invocations */
  constructor(findings: SweepFindings, logger: MaintainerLogger, metrics: MaintainerMetrics) {
    this.findings = { ...findings };
    this.#logger = logger;
    this.#metrics = metrics;
  }

  met(_scope: Scope, { defaults, malformed, legacyLimits }: Met): void {
    this.findings.defaults += defaults;
    this.findings.malformed += malformed;
    this.findings.legacyLimits += legacyLimits;
    this.#count("namesChecked", defaults);
  }

  found(scope: Scope, { missing, orphaned, added, removed, dropped, unrepaired }: Findings): void {
    this.findings.missing += missing.length;
    this.findings.orphaned += orphaned.length;
    this.findings.repaired += added.length + removed.length;
    this.findings.unrepaired += unrepaired.length;
    this.#count("namesMissing", missing.length);
    this.#count("namesOrphaned", orphaned.length);
    this.#count("namesRepaired", added.length + removed.length);
    this.#count("namesDropped", dropped.length);
    this.#count("namesUnrepairable", unrepaired.length);
    if (added.length + removed.length > 0) {
      const counts = { addedCount: added.length, removedCount: removed.length };
      const names = { added: firstNames(added), removed: firstNames(removed) };
      this.#logger.info("Reconciled names", { namespace: scope, ...counts, ...names });
    }
    const [first] = unrepaired;
    if (first !== undefined) {
      this.#logger.error("Names could not be repaired", {
        namespace: scope,
        count: unrepaired.length,
        names: firstNames(unrepaired.map(({ name }) => name)),
        reason: first.reason,
      });
    }
  }

  checked(_scope: Scope, { malformed, bytes }: CheckedRegistry): void {
    this.findings.malformed += malformed;
    count(this.#metrics, "registrySize", bytes);
  }

  #count(metric: keyof typeof maintainerMetrics, value: number): void {
    if (value > 0) count(this.#metrics, metric, value);
  }
}
