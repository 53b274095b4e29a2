import { testInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import { expect } from "vitest";
import { explore, formatExploration, quickCases } from "../../src/index.ts";

testInCi("no interleaving of the small cases leaves or introduces drift", { timeout: 180_000 }, async () => {
  const report = await explore({ groups: quickCases() });
  process.stdout.write(`\n${formatExploration(report)}\n`);
  expect(report.counterExamples).toEqual([]);
});
