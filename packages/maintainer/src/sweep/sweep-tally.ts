import type { ReportBook } from "../pass/pass-report.ts";
import { count, type MaintainerLogger, type MaintainerMetrics } from "../telemetry.ts";
import type { SweepFindings } from "./sweep-state.ts";

const METRIC_OF = {
  missing: "namesMissing",
  orphaned: "namesOrphaned",
  added: "namesRepaired",
  removed: "namesRepaired",
} as const;

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
export class SweepTally implements Pick<ReportBook, "count" | "setRegistered" | "list" | "listUnrepaired"> {
  readonly findings: SweepFindings;
  readonly #logger: MaintainerLogger;
  readonly #metrics: MaintainerMetrics;
  /** Drift that was told already: names that find no room come twice. */
  readonly #told = new Set<string>();

  constructor(findings: SweepFindings, logger: MaintainerLogger, metrics: MaintainerMetrics) {
    this.findings = { ...findings };
    this.#logger = logger;
    this.#metrics = metrics;
  }

  count(_namespace: string | undefined, number: "defaults" | "malformed" | "legacyLimits", by = 1): void {
    this.findings[number] += by;
    if (number === "defaults") count(this.#metrics, "namesChecked", by);
  }

  setRegistered(): void {}

  list(namespace: string | undefined, list: keyof typeof METRIC_OF, names: Iterable<string>): void {
    const fresh = [...names].filter((name) => {
      const key = JSON.stringify([namespace, list, name]);
      return !this.#told.has(key) && this.#told.add(key);
    });
    if (fresh.length === 0) return;
    this.findings[list === "added" || list === "removed" ? "repaired" : list] += fresh.length;
    count(this.#metrics, METRIC_OF[list], fresh.length);
    if (list === "added" || list === "removed") {
      this.#logger.info("Reconciled names", { namespace, [list]: fresh });
    }
  }

  listUnrepaired(namespace: string | undefined, name: string, reason: string): void {
    this.findings.unrepaired++;
    count(this.#metrics, "namesUnrepairable", 1);
    this.#logger.error("A name cannot be repaired as things are", { namespace, resource: name, reason });
  }
}
