import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { withTable } from "../engine-table.ts";
import { ROOT } from "../published-packages.ts";

test("the README of the DynamoDB in memory says of each engine what the contract found (node scripts/engine-table.ts)", () => {
  const readme = readFileSync(path.join(ROOT, "packages/memory-dynamodb/README.md"), "utf8");
  expect(readme).toBe(withTable(readme));
});
