import { TransactGetItemsCommand } from "@aws-sdk/client-dynamodb";
import type { ScopedRegistry } from "@rollcall/maintainer/internal";
import { shardOf } from "@rollcall/registry";
import { assertAnswered, retryRefused } from "@rollcall/registry/protocol";
import type { MemberAnswer } from "../shared/answers.ts";
import { jsonItem } from "./json-attribute.ts";
import { pageOwner, type TablePlace } from "./table-place.ts";

/** A member's item and whether it is listed, in one transaction: a busy table shows no drift that is not there. */
export async function readMember(
  { client, tableName, retry }: TablePlace,
  registry: ScopedRegistry,
  name: string,
  signal: AbortSignal,
): Promise<MemberAnswer> {
  const { definition, keys, scope, shardCount } = registry;
  const shard = shardOf(name, shardCount);
  const key = keys.memberKey(name, scope);
  const get = new TransactGetItemsCommand({
    TransactItems: [key, keys.registryKey(scope, shard)].map((Key) => ({ Get: { TableName: tableName, Key } })),
  });
  const read = () => client.send(get, { abortSignal: signal });
  const { Responses = [] } = assertAnswered(await retryRefused(retry, read, signal));
  const [member, listing] = Responses.map(({ Item }) => Item);
  return {
    ...pageOwner(registry),
    name,
    key,
    item: member === undefined ? null : jsonItem(member),
    isListed: listing?.[definition.registry.attribute]?.SS?.includes(name) === true,
    shard,
  };
}
