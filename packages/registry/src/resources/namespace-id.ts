import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { InvalidNameError } from "../definition/errors.ts";
import { KNOWN_OPTIONS } from "../options.ts";
import { assertAnswered } from "../protocol/answer.ts";
import { MalformedItemError } from "../protocol/errors.ts";
import { assertKnownOptions } from "../protocol/known-options.ts";
import type { CallOptions } from "../types.ts";
import { isGone, namespaceNameKey } from "./directory.ts";
import { NamespaceNotFoundError } from "./errors.ts";
import { RESERVED_NAMESPACE } from "./names.ts";

/**
 * The id under which the limiter keeps a namespace, from the name that its users give. Keys hold the id, so that is what
 * a `ResourceRegistry` takes. One strongly consistent GetItem: 1 read unit. It never registers a name, unlike the
 * limiter's own command line.
 *
 * @param tableName name or ARN of the table
 * @throws InvalidNameError for an empty name, and for `_`, under which the limiter keeps the directory
 * @throws NamespaceNotFoundError when the table's directory does not have the name, or has it as deleted or being purged
 * @throws MalformedItemError when its entry has no id
 *
 * @example
 * ```ts
 * import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { namespaceId, ResourceRegistry } from "@rollcall/registry";
 *
 * const client = new DynamoDBClient({});
 * const namespace = await namespaceId(client, "limits", "production"); // "rcof3sHx3fY"
 * await using registry = new ResourceRegistry({ tableName: "limits", namespace, client });
 * ```
 */
export async function namespaceId(
  client: Pick<DynamoDBClient, "send">,
  tableName: string,
  name: string,
  options: CallOptions = {},
): Promise<string> {
  assertKnownOptions(KNOWN_OPTIONS.write, options);
  if (typeof name !== "string" || name === "") throw new InvalidNameError("namespace", name, "use 1 character or more");
  if (name === RESERVED_NAMESPACE) throw new InvalidNameError("namespace", name, "it is reserved by the limiter");
  options.signal?.throwIfAborted();
  const Key = namespaceNameKey(name);
  const get = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
  const { Item } = assertAnswered(await client.send(get, options.signal ? { abortSignal: options.signal } : {}));
  if (Item === undefined || isGone(Item)) throw new NamespaceNotFoundError(name, Item?.status?.S);
  const id = Item.namespace_id?.S;
  if (id) return id;
  throw new MalformedItemError(
    { PK: Key.PK.S, SK: Key.SK.S },
    "attribute namespace_id should be text; register the namespace again",
  );
}
