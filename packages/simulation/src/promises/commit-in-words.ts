import type { Commit } from "@rollcall/memory-dynamodb";

/** What a commit did, on one line. */
export function commitInWords(
  { changes, replicated }: Commit,
  writer: string | undefined,
  made: readonly string[],
  healed: readonly string[],
): string {
  const who = replicated ? "replication" : (writer ?? "DynamoDB");
  const what = changes.map(({ key, before, after, byTtl }) => {
    const verb = after === undefined ? (byTtl ? "expires" : "deletes") : before === undefined ? "creates" : "changes";
    const set = after?.resources?.SS;
    return `${verb} ${key.PK?.S}${set === undefined ? "" : ` {${[...set].sort().join(" ")}}`}`;
  });
  const drift = [...made.map((name) => `${name} is wrong`), ...healed.map((name) => `${name} is right`)];
  const then = drift.length === 0 ? "" : `; ${drift.join(", ")}`;
  return `${who} ${what.join(", ") || "changes nothing"}${then}`;
}
