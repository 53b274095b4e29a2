import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describeInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import { describe, expect, it } from "vitest";
import { FAULTS, type Fault } from "../faults.ts";
import type { PlantedResult, PlantedWork } from "../planted-worker.ts";

/** Seeds within which every planted fault must show: fewer than the fixed set that runs without one. */
const SEEDS = 300;

/** Runs seeds in a thread of its own, where the fault stands in the sources before they are loaded. */
async function runSeeds(fault: Fault | undefined, seeds: number, shrinks = false): Promise<PlantedResult> {
  const work: PlantedWork = { fault, seeds, shrinks };
  const worker = new Worker(new URL("../planted-worker.ts", import.meta.url), {
    workerData: work,
    execArgv: ["--conditions=@rollcall/source"],
  });
  const [result] = (await once(worker, "message")) as [PlantedResult];
  await worker.terminate();
  return result;
}

describeInCi("the simulation notices", { timeout: 120_000 }, () => {
  it.each(FAULTS)("$name", async (fault) => {
    const { seed, kind, problem } = await runSeeds(fault, SEEDS);
    expect(seed, "the seed that broke a promise").toBeDefined();
    expect(fault.breaks, problem).toContain(kind);
  });
});

describe("the simulation", () => {
  it("notices a planted fault, and tells a history that a person can read", { timeout: 120_000 }, async () => {
    const fault = FAULTS.find(({ file }) => file.endsWith("suspects.ts"));
    const { shrunk } = await runSeeds(fault, SEEDS, true);
    expect(shrunk?.operations).toBeLessThanOrEqual(5);
    expect(shrunk?.text).toMatch(/of \d+ operations are enough:\n {2}at \d+ ms/);
    expect(shrunk?.text).toMatch(/^ +\d+\.\d{3} s {2}eu-central-1: .* is wrong$/m);
    expect(shrunk?.text).toMatch(
      /left-drift: In eu-central-1, \S+ of \S+ (has an item|is registered) and .*, for ever$/,
    );
  });

  it("notices nothing where nothing was planted", { timeout: 120_000 }, async () => {
    expect(await runSeeds(undefined, 20)).toEqual({ seed: undefined, kind: undefined, problem: undefined });
  });
});
