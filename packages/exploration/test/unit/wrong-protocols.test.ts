import { describe, expect, it } from "vitest";
import type { Maintainer } from "../../src/actors/maintainer.ts";
import { foreign, producer } from "../../src/actors/writers.ts";
import { APPLIES_IMAGES, HEARS_NO_REGISTRIES, READS_THEN_WRITES } from "../../src/actors/wrong-protocols.ts";
import { type SmallCase, STARTS } from "../../src/cases/small-case.ts";
import { explore, formatExploration } from "../../src/index.ts";

const putAndDelete = { start: STARTS.empty, writers: [foreign("put a", "delete a")] };

/** Explores a case, and prints the shortest way to each problem. */
async function problemsOf(
  maintainer: Maintainer,
  more: Pick<SmallCase, "start" | "writers"> & Partial<SmallCase>,
): Promise<Record<string, readonly string[]>> {
  const wrong: SmallCase = { maintainer, consumers: 1, batchSize: 1, redeliveries: 0, faults: 0, ...more };
  const report = await explore({ groups: [{ name: maintainer.name, cases: [wrong] }] });
  process.stdout.write(`\n${formatExploration(report)}\n`);
  return Object.fromEntries(report.counterExamples.map(({ problem, history }) => [problem, history]));
}

describe("the explorer finds what is wrong with a maintainer that", () => {
  it("applies images: one old record is enough", async () => {
    const problems = await problemsOf(APPLIES_IMAGES, { ...putAndDelete, redeliveries: 1 });
    expect(Object.keys(problems).sort()).toEqual(["drift introduced", "drift left"]);
    expect(problems["drift introduced"]).toEqual([
      "foreign: put a, delete a: Put a  [wrong: a]",
      "foreign: put a, delete a: Delete a",
      "stream: delivers INSERT a",
      "one that applies images: Update registry ADD resources a  [wrong: a]",
    ]);
  });

  it("reads, then writes without a condition: with one consumer it introduces drift on the way", async () => {
    expect(Object.keys(await problemsOf(READS_THEN_WRITES, putAndDelete))).toEqual(["drift introduced"]);
  });

  it("reads, then writes without a condition: with two consumers it leaves drift", async () => {
    const problems = await problemsOf(READS_THEN_WRITES, { ...putAndDelete, consumers: 2 });
    expect(Object.keys(problems).sort()).toEqual(["drift introduced", "drift left"]);
  });

  it("hears of no registries, though it repairs as it should", async () => {
    const writers = [producer("set a"), foreign("delete a", "unregister a")];
    const problems = await problemsOf(HEARS_NO_REGISTRIES, { start: STARTS.listed, writers });
    expect(Object.keys(problems)).toEqual(["drift left"]);
  });
});
