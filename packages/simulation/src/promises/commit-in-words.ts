import type { Commit, Item } from "@rollcall/memory-dynamodb";
import { type DriftChange, driftInWords } from "./membership-ledger.ts";

/** What a commit did, on one line. */
export function commitInWords(
  { changes, replicated }: Commit,
  writer: string | undefined,
  { made, healed }: DriftChange,
): string {
  const who = replicated ? "replication" : (writer ?? "DynamoDB");
  const what = changes.map(({ key, before, after, byTtl }) => {
    const verb = after === undefined ? (byTtl ? "expires" : "deletes") : before === undefined ? "creates" : "changes";
    const set = Object.values(after ?? {}).find(({ SS }) => SS !== undefined)?.SS;
    return `${verb} ${keyInWords(key)}${set === undefined ? "" : ` {${[...set].sort().join(" ")}}`}`;
  });
  const drift = [
    ...made.map((name) => `${driftInWords(name)} is wrong`),
    ...healed.map((name) => `${driftInWords(name)} is right`),
  ];
  const then = drift.length === 0 ? "" : `; ${drift.join(", ")}`;
  return `${who} ${what.join(", ") || "changes nothing"}${then}`;
}

/** A key's texts, one behind the other. */
export function keyInWords(key: Item): string {
  return Object.values(key)
    .map(({ S }) => S)
    .join(" ");
}
