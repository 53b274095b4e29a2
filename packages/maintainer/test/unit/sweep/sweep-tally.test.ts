import { beforeEach, describe, expect, it } from "vitest";
import type { MaintainerEvent } from "../../../src/events.ts";
import { RegistryMetrics } from "../../../src/registry-metrics.ts";
import { findingsOf } from "../../../src/repair/findings.ts";
import { NO_FINDINGS, SweepTally } from "../../../src/sweep/sweep-tally.ts";
import { registryOf } from "../../fixtures/namespaces.ts";
import { Sweeps } from "../../fixtures/sweeps.ts";

const nothing = findingsOf({ missing: [], orphaned: [] }, new Map());

let sweeps: Sweeps;
beforeEach(() => {
  sweeps = new Sweeps();
  metrics = new RegistryMetrics(sweeps.meter);
  told = [];
});
let metrics: RegistryMetrics;
let told: MaintainerEvent[];
const tallyFrom = (findings = NO_FINDINGS) =>
  new SweepTally(findings, { logger: sweeps.logger, metrics, tell: (event) => told.push(event) });

describe("SweepTally", () => {
  it("counts on from what was found before, and leaves that as it is", () => {
    const before = { ...NO_FINDINGS, defaults: 5, missing: 1, repaired: 2, unrepaired: 3 };
    const tally = tallyFrom(before);
    tally.met(registryOf("t1"), { defaults: 1, malformed: 0, legacyLimits: 0 });
    tally.met(registryOf(), { defaults: 0, malformed: 2, legacyLimits: 1 });
    tally.checked(registryOf("t1"), { shard: 0, names: 7, malformed: 1, bytes: 90 });
    expect(tally.findings).toEqual({ ...before, defaults: 6, malformed: 3, legacyLimits: 1 });
    expect(before.defaults).toBe(5);
    metrics.publish();
    expect(sweeps.metrics).toEqual([
      ["NamesChecked", 1],
      ["RegistrySize", 90],
    ]);
    expect(NO_FINDINGS).toEqual(Object.fromEntries(Object.keys(NO_FINDINGS).map((name) => [name, 0])));
  });

  it("tells what was decided, and which registries were read, as events", () => {
    const tally = tallyFrom();
    const findings = { ...nothing, missing: ["a"], added: ["a"] };
    tally.found(registryOf("t1"), findings);
    tally.checked(registryOf(), { shard: 0, names: 7, malformed: 0, bytes: 90 });
    expect(told).toEqual([
      { kind: "reconciled", registry: "resources", scope: "t1", findings },
      { kind: "registry-read", registry: "resources", scope: undefined, bytes: 90 },
    ]);
  });

  it("counts drift and repairs, and says which names it repaired in one line", () => {
    const tally = tallyFrom();
    tally.found(registryOf("t1"), {
      ...nothing,
      missing: ["a", "b", "c"],
      orphaned: ["z"],
      added: ["a", "b"],
      removed: ["z"],
      dropped: ["c"],
    });
    tally.found(registryOf("t2"), { ...nothing, orphaned: ["a"] });
    expect(tally.findings).toEqual({ ...NO_FINDINGS, missing: 3, orphaned: 2, repaired: 3 });
    metrics.publish();
    expect(sweeps.metrics).toEqual([
      ["NamesMissing", 3],
      ["NamesOrphaned", 1],
      ["NamesRepaired", 3],
      ["NamesDropped", 1],
      ["NamesOrphaned", 1],
    ]);
    const counts = { addedCount: 2, removedCount: 1 };
    expect(sweeps.said).toEqual([
      ["info: Reconciled names", { registry: "resources", scope: "t1", ...counts, added: ["a", "b"], removed: ["z"] }],
    ]);
  });

  it("says how many names could not be repaired, the first of them and one reason, in a short line", () => {
    const tally = tallyFrom();
    const names = Array.from({ length: 99 }, (_, i) => `${i}`.padEnd(2_000, "x"));
    const error = new Error("full");
    const unrepaired = names.map((name) => ({ name, reason: "full", error, isPermanent: true }));
    tally.found(registryOf("t1"), { ...nothing, unrepaired });
    expect(tally.findings).toEqual({ ...NO_FINDINGS, unrepaired: 99 });
    metrics.publish();
    expect(sweeps.metrics).toEqual([["NamesUnrepairable", 99]]);
    expect(sweeps.said).toMatchObject([
      ["error: Names could not be repaired", { registry: "resources", scope: "t1", count: 99, reason: "full" }],
    ]);
    expect(JSON.stringify(sweeps.said).length).toBeLessThan(64 * 1_024);
  });
});
