import type { MaintainerObserver } from "../events.ts";
import { firstNames } from "../first-names.ts";
import type { CheckedRegistry, Met, PassBook } from "../pass/pass-book.ts";
import type { ScopedRegistry } from "../registries/table-registries.ts";
import type { RegistryMetrics } from "../registry-metrics.ts";
import type { Findings } from "../repair/findings.ts";
import type { MaintainerLogger, maintainerMetrics } from "../telemetry.ts";
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

/** Keeps count of what a sweep finds and does, and says it in log, metrics and events. Names are not kept, only told. */
export class SweepTally implements PassBook {
  readonly findings: SweepFindings;
  readonly #logger: MaintainerLogger;
  /** Where it counts, by registry. */
  readonly metrics: RegistryMetrics;
  readonly #tell: MaintainerObserver;

  /** @param findings what the same sweep has found in earlier invocations */
  constructor(
    findings: SweepFindings,
    { logger, metrics, tell }: { logger: MaintainerLogger; metrics: RegistryMetrics; tell: MaintainerObserver },
  ) {
    this.findings = { ...findings };
    this.#logger = logger;
    this.metrics = metrics;
    this.#tell = tell;
  }

  met(registry: ScopedRegistry, { defaults, malformed, legacyLimits }: Met): void {
    this.findings.defaults += defaults;
    this.findings.malformed += malformed;
    this.findings.legacyLimits += legacyLimits;
    this.#count(registry, "namesChecked", defaults);
  }

  found(registry: ScopedRegistry, findings: Findings): void {
    const { missing, orphaned, added, removed, dropped, unrepaired } = findings;
    const owner = { registry: registry.definition.name, scope: registry.scope };
    this.findings.missing += missing.length;
    this.findings.orphaned += orphaned.length;
    this.findings.repaired += added.length + removed.length;
    this.findings.unrepaired += unrepaired.length;
    this.#count(registry, "namesMissing", missing.length);
    this.#count(registry, "namesOrphaned", orphaned.length);
    this.#count(registry, "namesRepaired", added.length + removed.length);
    this.#count(registry, "namesDropped", dropped.length);
    this.#count(registry, "namesUnrepairable", unrepaired.length);
    if (added.length + removed.length > 0) {
      const counts = { addedCount: added.length, removedCount: removed.length };
      const names = { added: firstNames(added), removed: firstNames(removed) };
      this.#logger.info("Reconciled names", { ...owner, ...counts, ...names });
    }
    const [first] = unrepaired;
    if (first !== undefined) {
      this.#logger.error("Names could not be repaired", {
        ...owner,
        count: unrepaired.length,
        names: firstNames(unrepaired.map(({ name }) => name)),
        reason: first.reason,
      });
    }
    this.#tell({ kind: "reconciled", ...owner, findings });
  }

  flawed(): void {
    // a sweep inspects no defaults
  }

  leftOver(): void {
    // what a purge left is for a person to delete: an audit names it
  }

  checked(registry: ScopedRegistry, { malformed, bytes }: CheckedRegistry): void {
    this.findings.malformed += malformed;
    this.metrics.count("registrySize", bytes, registry.definition.name);
    this.#tell({ kind: "registry-read", registry: registry.definition.name, scope: registry.scope, bytes });
  }

  #count({ definition }: ScopedRegistry, metric: keyof typeof maintainerMetrics, value: number): void {
    if (value > 0) this.metrics.count(metric, value, definition.name);
  }
}
