import { testInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import { describe, expect, it } from "vitest";
import type { Actor } from "../../src/actors/actor.ts";
import { copier } from "../../src/actors/copier.ts";
import {
  BY_NAMES,
  CHAINED,
  type ChangeProof,
  explaining,
  skipsExplained,
  WITHOUT_DIRECTION,
} from "../../src/actors/explained-changes.ts";
import { MAINTAINER, type Maintainer } from "../../src/actors/maintainer.ts";
import { foreign, producer } from "../../src/actors/writers.ts";
import { type SmallCase, STARTS, type Start } from "../../src/cases/small-case.ts";
import { explore, formatExploration } from "../../src/index.ts";

type Cases = Pick<SmallCase, "writers" | "start"> & Partial<SmallCase>;

async function problemsOf(maintainer: Maintainer, cases: readonly Cases[]): Promise<Record<string, readonly string[]>> {
  const around = { maintainer, consumers: 1, batchSize: 1, redeliveries: 0, faults: 0 } as const;
  const report = await explore({
    groups: [{ name: maintainer.name, cases: cases.map((each) => ({ ...around, ...each })) }],
  });
  process.stdout.write(`\n${formatExploration(report)}\n`);
  return Object.fromEntries(report.counterExamples.map(({ problem, history }) => [problem, history]));
}

const SETS_AND_DELETES = producer("set a", "delete a");
const DELETES_AND_SETS = producer("delete a", "set a");

function seated(proof: ChangeProof, ...writers: readonly Actor[]): Actor[] {
  return writers.map((writer, i) => explaining(writer, "xyz"[i] ?? "", proof));
}

describe("a maintainer that skips changes of the registry that explain themselves", () => {
  testInCi("leaves no drift as long as no writer puts a whole registry item", { timeout: 120_000 }, async () => {
    const others = [
      producer("set a"), // an older library, which explains nothing
      foreign("put a", "register a", "delete a"),
      foreign("delete a", "unregister a", "put a"),
      foreign("remove registry"),
      foreign("registry:= b"),
      foreign("expire a"),
    ];
    const libraries = [SETS_AND_DELETES, DELETES_AND_SETS, producer(["set a", "set b"], ["delete a", "delete b"])];
    const pairs = libraries.flatMap((library) => [
      ...others.map((other) => [...seated(BY_NAMES, library), other]),
      ...libraries.map((other) => seated(BY_NAMES, library, other)),
    ]);
    const starts: readonly Start[] = Object.values(STARTS);
    const cases = pairs.flatMap((writers) => starts.map((start) => ({ writers, start })));
    expect(await problemsOf(skipsExplained(BY_NAMES), cases)).toEqual({});
    const redelivered = others.map((other) => ({
      writers: [...seated(BY_NAMES, DELETES_AND_SETS), other],
      start: STARTS.listed,
      consumers: 2,
      redeliveries: 1,
    }));
    expect(await problemsOf(skipsExplained(BY_NAMES), redelivered)).toEqual({});
  });

  it("leaves drift where an older copy of the registry is put back: its explanation fits once more", async () => {
    const writers = [...seated(BY_NAMES, SETS_AND_DELETES), copier(1)];
    const problems = await problemsOf(skipsExplained(BY_NAMES), [{ writers, start: STARTS.empty }]);
    expect(Object.keys(problems)).toEqual(["drift left"]);
    expect(
      problems["drift left"]?.filter((step) => !step.startsWith("stream") && !step.startsWith("one that")),
    ).toEqual([
      expect.stringMatching(/^library: .*: Put a \+ Update registry .* ADD resources a$/),
      expect.stringMatching(/^foreign: .*: Get registry$/),
      expect.stringMatching(/^library: .*: Delete a \+ Update registry .* DELETE resources a /),
      expect.stringMatching(/^foreign: .*: Put registry {2}\[wrong: a]$/),
    ]);
    expect(await problemsOf(MAINTAINER, [{ writers, start: STARTS.empty }])).toEqual({});
  });

  it("leaves drift where two older copies are put back, even if each change has to follow the one before it", async () => {
    const writers = [...seated(CHAINED, producer("delete a", "set a", "delete a")), copier(2)];
    const problems = await problemsOf(skipsExplained(CHAINED), [{ writers, start: STARTS.listed }]);
    expect(Object.keys(problems)).toEqual(["drift left"]);
    expect(await problemsOf(MAINTAINER, [{ writers, start: STARTS.listed }])).toEqual({});
    const once = [...seated(CHAINED, SETS_AND_DELETES), copier(1)];
    expect(await problemsOf(skipsExplained(CHAINED), [{ writers: once, start: STARTS.empty }])).toEqual({});
  });

  it("whose explanation leaves out the direction takes a removal for the addition that it explains", async () => {
    const caseOf = (proof: ChangeProof): Cases => {
      const writers = [...seated(proof, producer("set a", "set a")), foreign("unregister a"), copier(1)];
      return { writers, start: STARTS.empty };
    };
    const problems = await problemsOf(skipsExplained(WITHOUT_DIRECTION), [caseOf(WITHOUT_DIRECTION)]);
    expect(Object.keys(problems)).toEqual(["drift left"]);
    expect(await problemsOf(skipsExplained(BY_NAMES), [caseOf(BY_NAMES)])).toEqual({});
  });
});
