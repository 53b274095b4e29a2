import {
  type AttributeValue,
  type ConsumedCapacity,
  DynamoDBClient,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import type { Engine } from "@rollcall/local";
import { batchRead, itemSizeBytes, systemClock } from "@rollcall/registry/protocol";
import { PARTITION_KEY, SORT_KEY } from "@rollcall/registry/schema";

/** Counts the requests of one client and the capacity units they consume, as AWS would bill them. */
export interface CapacityMeter extends Disposable {
  /** Data requests since the meter started, tries of one call counted one by one. */
  readonly requests: number;
  /** Read units since the meter started. dynoxide reports too few for reads with a projection. */
  readonly readUnits: number;
  /** Write units since the meter started, those of refused writes not included. */
  readonly writeUnits: number;
}

const READS: ReadonlySet<string> = new Set(["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"]);
const WRITES: ReadonlySet<string> = new Set([
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "TransactWriteItems",
]);
const WRITE_UNIT_BYTES = 1024;
const TRANSACTION_FACTOR = 2;
const RETRY = { clock: systemClock, random: Math.random, contentionTimeoutMs: 10_000 };

/**
 * Starts to count what a client's calls cost, until the meter is disposed.
 *
 * Units are those that the engine reports, but for transactions on DynamoDB Local: it counts actions that cost the same
 * only once, and condition checks as reads. There the items are read before and after, which is exact as long as
 * no other client writes them meanwhile; these reads are not counted.
 *
 * @param keyNames the table's key attributes
 */
export function meterCapacity(
  client: DynamoDBClient,
  engine: Engine,
  keyNames: readonly string[] = [PARTITION_KEY, SORT_KEY],
): CapacityMeter {
  const count = { requests: 0, readUnits: 0, writeUnits: 0 };
  const reader = new DynamoDBClient(engine.clientConfig);
  const names = [
    `capacityMeter:units:${crypto.randomUUID()}`,
    `capacityMeter:requests:${crypto.randomUUID()}`,
  ] as const;

  client.middlewareStack.add(
    (next, context) => async (call) => {
      const operation = operationOf(context);
      if (operation === undefined) return await next(call);
      const actions = (call.input as { TransactItems?: TransactWriteItem[] }).TransactItems ?? [];
      const isMisreported = operation === "TransactWriteItems" && engine.name === "dynamodb-local";
      const before = isMisreported ? await sizes(reader, actions, keyNames) : [];
      const answer = await next({ ...call, input: { ...call.input, ReturnConsumedCapacity: "TOTAL" } });
      const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
      const reported = [ConsumedCapacity ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      if (READS.has(operation)) count.readUnits += reported;
      else
        count.writeUnits += isMisreported ? transactionUnits(before, await sizes(reader, actions, keyNames)) : reported;
      return answer;
    },
    { step: "initialize", name: names[0] },
  );
  client.middlewareStack.add(
    (next, context) => (call) => {
      if (operationOf(context) !== undefined) count.requests++;
      return next(call);
    },
    { step: "finalizeRequest", priority: "low", name: names[1] }, // below the SDK's own retries, so that each try counts
  );

  return {
    get requests() {
      return count.requests;
    },
    get readUnits() {
      return count.readUnits;
    },
    get writeUnits() {
      return count.writeUnits;
    },
    [Symbol.dispose]() {
      for (const name of names) client.middlewareStack.remove(name);
      reader.destroy();
    },
  };
}

function operationOf({ commandName = "" }: { commandName?: string }): string | undefined {
  const operation = commandName.replace(/Command$/, "");
  return READS.has(operation) || WRITES.has(operation) ? operation : undefined;
}

/** Twice the units of every item touched, each by the larger of its sizes before and after, and one unit at least. */
function transactionUnits(before: readonly number[], after: readonly number[]): number {
  const units = before.map((bytes, i) => Math.ceil(Math.max(bytes, after[i] ?? 0, 1) / WRITE_UNIT_BYTES));
  return TRANSACTION_FACTOR * units.reduce((sum, unit) => sum + unit, 0);
}

/** Sizes of the items that a transaction's actions touch, in their order; 0 for those that are not there. */
async function sizes(
  client: DynamoDBClient,
  actions: readonly TransactWriteItem[],
  keyNames: readonly string[],
): Promise<number[]> {
  const keyOf = (item: Record<string, AttributeValue>) =>
    Object.fromEntries(keyNames.map((name) => [name, item[name] ?? { S: "" }]));
  const targets = actions.map(({ Put, Update, Delete, ConditionCheck }) => ({
    tableName: (Put ?? Update ?? Delete ?? ConditionCheck)?.TableName ?? "",
    key: keyOf(Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key ?? {}),
  }));
  const [{ tableName } = { tableName: "" }] = targets;
  const keys = targets.map(({ key }) => key);
  const bytes = new Map<string, number>();
  for await (const items of batchRead(client, { tableName, keys, retry: RETRY })) {
    for (const item of items) bytes.set(JSON.stringify(keyOf(item)), itemSizeBytes(item));
  }
  return keys.map((key) => bytes.get(JSON.stringify(key)) ?? 0);
}
