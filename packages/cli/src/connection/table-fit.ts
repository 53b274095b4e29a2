import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { type RegistryDefinition, tableDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import { suggestAws } from "../explain/suggest.ts";
import type { Target } from "./target.ts";

/**
 * How an existing table differs from the one that is needed: what is wrong and what to do about it.
 *
 * @param definition one of those whose registries the table is to hold. Default: `resources`
 */
export function tableDifferences(
  table: TableDescription,
  target: Target,
  definition: RegistryDefinition = resources,
): string[] {
  const keys = keyDifference(table, definition);
  const differences = keys === undefined ? [] : [`${keys}, which cannot be changed: use another table`];
  if (hasStrongConsistency(table)) differences.push(WITHOUT_TRANSACTIONS);
  const stream = streamDifference(table, definition);
  if (stream !== undefined) {
    const set = (specification: string) =>
      suggestAws("update-table", target, ["--stream-specification", specification]);
    const { StreamViewType } = tableDefinition(definition).StreamSpecification;
    const enable = set(`StreamEnabled=true,StreamViewType=${StreamViewType}`);
    const how = hasStream(table)
      ? `switch it off and on again with: ${set("StreamEnabled=false")}, and then ${enable}`
      : `switch it on with: ${enable}`;
    differences.push(`${stream}: ${how}`);
  }
  return differences;
}

/** How the stream of a table differs from the one that a definition needs; `undefined` where it is the same. */
export function streamDifference(table: TableDescription, definition: RegistryDefinition): string | undefined {
  const needed = tableDefinition(definition).StreamSpecification.StreamViewType;
  if (!hasStream(table)) return "its stream is off";
  const found = table.StreamSpecification?.StreamViewType;
  return found === needed ? undefined : `its stream holds ${found} and should hold ${needed}`;
}

function hasStream({ StreamSpecification }: TableDescription): boolean {
  return StreamSpecification?.StreamEnabled === true;
}

/** What a table is that no registry can be kept in, and what to do. */
export const WITHOUT_TRANSACTIONS =
  "it is a global table with multi-Region strong consistency, which has no transactions: use a table of one Region, or " +
  "a global table with eventual consistency";

/** Whether it is a global table with multi-Region strong consistency. */
export function hasStrongConsistency({ MultiRegionConsistency }: TableDescription): boolean {
  return MultiRegionConsistency === "STRONG";
}

/** How the keys of a table differ from those that a definition has; `undefined` where they are the same. */
export function keyDifference(table: TableDescription, definition: RegistryDefinition): string | undefined {
  const [keys, neededKeys] = [describeKeys(table), describeKeys(tableDefinition(definition))];
  return keys === neededKeys ? undefined : `its keys are ${keys} and should be ${neededKeys}`;
}

/** `PK (S, HASH), SK (S, RANGE)` */
function describeKeys({ KeySchema = [], AttributeDefinitions = [] }: TableDescription): string {
  const type = (name: string | undefined): string | undefined =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  return KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} (${type(AttributeName)}, ${KeyType})`).join(
    ", ",
  );
}
