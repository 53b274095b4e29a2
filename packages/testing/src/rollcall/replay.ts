import type { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import type { RegistryDefinition } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";

/** The partition key of the item that separates what a test did from what the maintainer did about it. */
export const MARKER = "MARKER";

type Image = Record<string, { S?: string; SS?: string[] }>;

/** A name that is wrong somewhere: `{scope}/{name}`, missing or orphaned. */
type Drift = ReadonlySet<string>;

/**
 * Reads a table's whole stream, as a second consumer, and gives the drift after every record: first of those before the
 * marker, then of those after it.
 */
export async function replayDrift(
  streams: DynamoDBStreams,
  StreamArn: string,
  definition: RegistryDefinition,
): Promise<{ before: Drift[]; after: Drift[] }> {
  const keys = registryKeys(definition);
  const members = new Set<string>();
  const registries = new Map<string, ReadonlySet<string>>();
  const states = { before: [] as Drift[], after: [] as Drift[] };
  let part: keyof typeof states = "before";
  for await (const { Keys, NewImage } of records(streams, StreamArn)) {
    if (Keys[definition.key.partition]?.S === MARKER) part = "after";
    const address = keys.readMember(Keys);
    const registry = keys.readRegistry(Keys);
    if (address !== undefined) {
      const id = `${address.scope ?? ""}/${address.member}`;
      if (NewImage === undefined) members.delete(id);
      else members.add(id);
    } else if (registry !== undefined) {
      const { scope = "", shard } = registry;
      const names = NewImage?.[definition.registry.attribute]?.SS ?? [];
      registries.set(`${shard}/${scope}`, new Set(names.map((name) => `${scope}/${name}`)));
    } else continue;
    const registered = new Set([...registries.values()].flatMap((names) => [...names]));
    states[part].push(members.symmetricDifference(registered));
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
