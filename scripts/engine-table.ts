/**
 * Writes the table of what the engines do into the README of the DynamoDB in memory. The contract's tests assert each row on
 * each engine, so the table is what they found. A test compares the README with it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { KNOWN_DIFFERENCES } from "@rollcall/testing/dynamodb/contract/known-differences";
import { ROOT } from "./published-packages.ts";

const ENGINES = ["memory", "dynoxide", "dynamodb-local"] as const;
const README = path.join(ROOT, "packages/memory-dynamodb/README.md");
const [BEGIN, END] = ["<!-- the table: node scripts/engine-table.ts -->", "<!-- the end of the table -->"];

/** The README with the table as it is now. */
export function withTable(readme: string): string {
  const [before, rest = ""] = readme.split(BEGIN);
  const [, after] = rest.split(END);
  if (before === undefined || after === undefined) throw new Error(`${README} has no place for the table`);
  const rows = Object.values(KNOWN_DIFFERENCES).map(({ says, engines }) => {
    const answers = ENGINES.map((engine) => (engines.some((name) => name === engine) ? "differs" : "as AWS"));
    return `| ${[...answers, says].join(" | ")} |`;
  });
  const head = ["| memory | dynoxide | DynamoDB Local | AWS, and who differs |", "| --- | --- | --- | --- |"];
  return [before, BEGIN, "\n\n", [...head, ...rows].join("\n"), "\n\n", END, after].join("");
}

if (import.meta.main) writeFileSync(README, withTable(readFileSync(README, "utf8")));
