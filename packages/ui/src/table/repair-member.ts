import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Drift, type Repair, reconcile, type ScopedRegistry } from "@rollcall/maintainer/internal";
import type { RepairAnswer } from "../shared/answers.ts";
import { jsonOf } from "./json-attribute.ts";
import { readMember } from "./read-member.ts";
import type { TablePlace } from "./table-place.ts";

/** Decides one name as the maintainer does, repairs it where it is drift, and shows the requests that did so. */
export async function repairMember(
  place: TablePlace,
  registry: ScopedRegistry,
  name: string,
  explain: (error: unknown) => string,
  signal: AbortSignal,
): Promise<RepairAnswer> {
  const { item, isListed } = await readMember(place, registry, name, signal);
  const drift: Drift = {
    missing: item !== null && !isListed ? [name] : [],
    orphaned: item === null && isListed ? [name] : [],
  };
  const sent: unknown[] = [];
  const { tableName, retry } = place;
  const target = { client: recording(place.client, sent), tableName, retry, registry };
  const repair = (await reconcile(target, drift, signal)).get(name) ?? { kind: "dropped" };
  return {
    outcome: repair.kind,
    message: describe(repair, drift, explain),
    transactions: sent,
    member: await readMember(place, registry, name, signal),
  };
}

function describe(repair: Repair, { missing }: Drift, explain: (error: unknown) => string): string {
  switch (repair.kind) {
    case "repaired":
      return missing.length > 0 ? "Repaired: the registry lists it now." : "Repaired: the registry lists it no more.";
    case "dropped":
      return "Nothing to repair: item and registry agree.";
    case "leftover":
      return "Left as it is: a purge has removed the registry of this namespace. Delete the item, if it is not needed.";
    case "unrepairable":
      return `It cannot be repaired as things are: ${explain(repair.error)}`;
    case "failed":
      return `It was not repaired: ${explain(repair.error)}`;
  }
}

/** A client that keeps what it sends. */
function recording(client: DynamoDBClient, sent: unknown[]): Pick<DynamoDBClient, "send"> {
  const send = (command: { input: object }, ...others: unknown[]) => {
    const operation = command.constructor.name.replace(/Command$/, "");
    sent.push({ operation, ...(jsonOf(command.input) as object) });
    return (client.send as (...args: unknown[]) => unknown)(command, ...others);
  };
  return { send: send as DynamoDBClient["send"] };
}
