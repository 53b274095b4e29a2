import { expect, it } from "vitest";
import { explore, formatExploration, quickCases } from "../../src/index.ts";

it("no interleaving of the small cases leaves or introduces drift", { timeout: 180_000 }, async () => {
  const report = await explore({ groups: quickCases() });
  process.stdout.write(`\n${formatExploration(report)}\n`);
  expect(report.counterExamples).toEqual([]);
});
