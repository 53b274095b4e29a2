import type { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { parseRegistryKey, parseResourceKey, REGISTRY_ATTRIBUTE } from "@rollcall/registry/schema";

/** The partition key of the item that separates what a test did from what the maintainer did about it. */
export const MARKER = "MARKER";

type Image = Record<string, { S?: string; SS?: string[] }>;

/** A name that is wrong somewhere: `{namespace}/{name}`, missing or orphaned. */
type Drift = ReadonlySet<string>;

/**
 * Reads a table's whole stream, as a second consumer, and gives the drift after every record: first of those before the
 * marker, then of those after it.
 */
export async function replayDrift(
  streams: DynamoDBStreams,
  StreamArn: string,
): Promise<{ before: Drift[]; after: Drift[] }> {
  const defaults = new Set<string>();
  const registries = new Map<string, ReadonlySet<string>>();
  const states = { before: [] as Drift[], after: [] as Drift[] };
  let part: keyof typeof states = "before";
  for await (const { Keys, NewImage } of records(streams, StreamArn)) {
    if (Keys.PK?.S === MARKER) part = "after";
    const address = parseResourceKey(Keys);
    const registry = parseRegistryKey(Keys);
    if (address !== undefined) {
      const id = `${address.namespace ?? ""}/${address.resource}`;
      if (NewImage === undefined) defaults.delete(id);
      else defaults.add(id);
    } else if (registry !== undefined) {
      const names = NewImage?.[REGISTRY_ATTRIBUTE]?.SS ?? [];
      registries.set(registry.namespace ?? "", new Set(names.map((name) => `${registry.namespace ?? ""}/${name}`)));
    } else continue;
    const registered = new Set([...registries.values()].flatMap((names) => [...names]));
    states[part].push(defaults.symmetricDifference(registered));
  }
  return states;
}

/** Every record of a stream, parents' shards first, until there is nothing more. */
async function* records(streams: DynamoDBStreams, StreamArn: string) {
  const { StreamDescription } = await streams.describeStream({ StreamArn });
  const shards = StreamDescription?.Shards ?? [];
  const known = new Set(shards.map(({ ShardId }) => ShardId));
  const order = shards.filter(({ ParentShardId }) => !known.has(ParentShardId));
  for (const shard of order) order.push(...shards.filter(({ ParentShardId }) => ParentShardId === shard.ShardId));
  for (const { ShardId } of order) {
    const { ShardIterator } = await streams.getShardIterator({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" });
    for (let iterator = ShardIterator; iterator != null; ) {
      const page = await streams.getRecords({ ShardIterator: iterator });
      if (page.Records?.length === 0) break;
      for (const { dynamodb } of page.Records ?? []) {
        const { Keys, NewImage } = dynamodb ?? {};
        yield { Keys: Keys as Image, NewImage: NewImage as Image | undefined };
      }
      iterator = page.NextShardIterator;
    }
  }
}
