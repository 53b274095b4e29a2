import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  type KeysAndAttributes,
} from "@aws-sdk/client-dynamodb";
import { assertAnswered } from "./answer.ts";
import { Backoff, type RetryPolicy } from "./backoff.ts";
import type { StoredItem } from "./item-size.ts";
import { isThrottled } from "./transient.ts";

/** BatchGetItem's most keys. Source: API reference. */
const MAX_BATCH_KEYS = 100;

/** Items of one table to read by their keys. */
export interface BatchRead {
  /** Name or ARN of the table. */
  tableName: string;
  /** Their primary keys, each once: DynamoDB refuses a request that has one twice. Any number of them. */
  keys: readonly StoredItem[];
  /** The attributes to return. Default: all. What is read is paid for in full either way. */
  attributes?: readonly string[] | undefined;
  /** Read the latest committed state, for twice the read units. Default `true`. */
  consistentRead?: boolean | undefined;
  /** How long keys that DynamoDB leaves unread are asked for while nothing comes of it. */
  retry: RetryPolicy;
  /** Ends the reading. */
  signal?: AbortSignal | undefined;
  /** Gets the read units of each answer. */
  onReadUnits?: ((units: number) => void) | undefined;
}

/**
 * Reads items by their keys, strongly consistent unless told otherwise, 100 in a request, and yields them an answer at a time in no order.
 * Items that do not exist are left out.
 *
 * Keys that an answer leaves unread, for want of capacity or because it is 16 MB long, are requested again after a
 * random delay. The delay and the time that may pass begin once more whenever an answer brings items.
 *
 * @throws ContentionError when nothing was read for the whole of the retry policy's time; ForeignAnswerError for an answer
 *   that is not DynamoDB's, which would pass for items that do not exist; the signal's reason; or the SDK's own error
 */
export async function* batchRead(
  client: Pick<DynamoDBClient, "send">,
  { keys, ...read }: BatchRead,
): AsyncGenerator<StoredItem[], void, void> {
  for (let from = 0; from < keys.length; from += MAX_BATCH_KEYS) {
    let unread: readonly StoredItem[] = keys.slice(from, from + MAX_BATCH_KEYS);
    for (let backoff = new Backoff(read.retry, "read"); unread.length > 0; ) {
      const answer = await ask(client, unread, read);
      if (answer.items.length > 0) {
        yield answer.items;
        backoff = new Backoff(read.retry, "read");
      }
      unread = answer.unread;
      if (unread.length > 0) await backoff.wait(answer.cause, read.signal);
    }
  }
}

/** One request's outcome: what it read, what it left and why. */
interface Answer {
  items: StoredItem[];
  unread: readonly StoredItem[];
  cause: unknown;
}

async function ask(
  client: Pick<DynamoDBClient, "send">,
  keys: readonly StoredItem[],
  { tableName, attributes, consistentRead = true, signal, onReadUnits }: Omit<BatchRead, "keys">,
): Promise<Answer> {
  const command = batchGet({ tableName, attributes, consistentRead }, keys, onReadUnits !== undefined);
  try {
    const output = assertAnswered(await client.send(command, signal ? { abortSignal: signal } : {}));
    onReadUnits?.(readUnitsOf(output));
    return { items: itemsOf(output), unread: unreadOf(output), cause: new Error("BatchGetItem left keys unprocessed") };
  } catch (error) {
    if (!isThrottled(error)) throw error;
    return { items: [], unread: keys, cause: error }; // throttled as a whole, all of it is left unread
  }
}

function batchGet(
  { tableName, attributes, consistentRead }: Pick<BatchRead, "tableName" | "attributes" | "consistentRead">,
  keys: readonly StoredItem[],
  withCapacity: boolean,
): BatchGetItemCommand {
  const request: KeysAndAttributes = {
    Keys: [...keys],
    ...(consistentRead && { ConsistentRead: true }),
    ...(attributes && {
      ProjectionExpression: attributes.map((_, i) => `#p${i}`).join(", "),
      ExpressionAttributeNames: Object.fromEntries(attributes.map((name, i) => [`#p${i}`, name])),
    }),
  };
  return new BatchGetItemCommand({
    RequestItems: { [tableName]: request },
    ...(withCapacity && { ReturnConsumedCapacity: "TOTAL" }),
  });
}

/** All items of an answer: one table was asked, and DynamoDB names it by its name where the request has its ARN. */
function itemsOf({ Responses }: BatchGetItemCommandOutput): StoredItem[] {
  return Object.values(Responses ?? {}).flat();
}

/** Under the name or the ARN, as the items. */
function unreadOf({ UnprocessedKeys }: BatchGetItemCommandOutput): StoredItem[] {
  return Object.values(UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys ?? []);
}

function readUnitsOf({ ConsumedCapacity }: BatchGetItemCommandOutput): number {
  return (ConsumedCapacity ?? []).reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
