import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** BatchWriteItem's most items. */
const BATCH_ITEMS = 25;
const CONCURRENT_BATCHES = 4;

/** Puts items in full batches, several concurrently. What an engine leaves unwritten is an error: engines have no limits. */
export async function putAll(
  client: DynamoDBClient,
  tableName: string,
  items: Iterable<Record<string, AttributeValue>>,
): Promise<void> {
  const batches = batched(items);
  const worker = async () => {
    for (const batch of batches) {
      const requests = batch.map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }),
      );
      if (UnprocessedItems?.[tableName]?.length) throw new Error("the engine left items of a batch unwritten");
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_BATCHES }, worker));
}

function* batched<Item>(items: Iterable<Item>): Generator<Item[]> {
  let batch: Item[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH_ITEMS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
