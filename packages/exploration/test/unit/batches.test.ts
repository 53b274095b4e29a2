import { expect, it } from "vitest";
import { MAINTAINER } from "../../src/actors/maintainer.ts";
import { foreign, producer } from "../../src/actors/writers.ts";
import { type SmallCase, STARTS } from "../../src/cases/small-case.ts";
import { explore, formatExploration } from "../../src/index.ts";

it("a name whose records came in one batch is right without a read, in every order", { timeout: 60_000 }, async () => {
  const libraries = [producer("set a", "delete a", "set a"), producer("delete a", "set a", "delete a")];
  const others = [
    ...libraries,
    foreign("put a", "register a", "delete a"),
    foreign("delete a", "unregister a", "put a"),
    foreign("register a", "unregister a", "register a"),
    foreign("remove registry"),
  ];
  const cases = libraries.flatMap((library) =>
    others.flatMap((other) =>
      [STARTS.empty, STARTS.listed].map(
        (start): SmallCase => ({
          start,
          writers: [library, other],
          maintainer: MAINTAINER,
          consumers: 1,
          batchSize: 2,
          redeliveries: 0,
          faults: 0,
        }),
      ),
    ),
  );
  const report = await explore({ groups: [{ name: "batches of two records", cases }] });
  process.stdout.write(`\n${formatExploration(report)}\n`);
  expect(report.counterExamples).toEqual([]);
});
