import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { ROOT, trackedFiles } from "./tracked-files.ts";

const CONTRACT = "packages/testing/src/dynamodb/contract";

it("every assumption about DynamoDB names the test of the contract that holds it", () => {
  const page = readFileSync(path.join(ROOT, "docs/design/assumptions.md"), "utf8");
  const tests = [...page.matchAll(/^\|.*\| `([\w-]+\.ts)`: (.+) \|$/gm)].map(([, file = "", title = ""]) => ({
    file,
    title,
  }));
  const rows = page.split("\n").filter((line) => line.startsWith("| ")).length - 2;
  expect(tests).toHaveLength(rows);
  const sources = new Map(
    trackedFiles(`${CONTRACT}/*.ts`).map((file) => [path.basename(file), readFileSync(path.join(ROOT, file), "utf8")]),
  );
  expect(tests.filter(({ file, title }) => !sources.get(file)?.includes(`test("${title}"`))).toEqual([]);
});
