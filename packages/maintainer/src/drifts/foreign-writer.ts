import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { RegistryDefinition } from "@rollcall/registry";
import type { StoredItem } from "@rollcall/registry/protocol";
import { resources } from "@rollcall/registry/resources";
import { homeShard, type ScopedRegistry, scopedRegistry } from "../registries/table-registries.ts";

const limits = { l_rpm_cp: { N: "5" }, l_rpm_ra: { N: "5" }, l_rpm_rp: { N: "60" } };

/**
 * All that write to the table without the library, to try the maintainer with: each method is one request for every item
 * that it names, and none keeps the registry true.
 *
 * @example
 * ```ts
 * import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { ForeignWriter } from "@rollcall/maintainer/drifts";
 *
 * const writer = new ForeignWriter(new DynamoDBClient({}), "limits");
 * await writer.putItem("gpt-4"); // and never listed
 * ```
 */
export class ForeignWriter {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #registry: ScopedRegistry;

  /**
   * @param scope of the registry that it breaks. Default: none
   * @param definition of that registry. Default: `resources`
   */
  constructor(client: DynamoDBClient, tableName: string, scope?: string, definition: RegistryDefinition = resources) {
    this.#client = client;
    this.#tableName = tableName;
    this.#registry = scopedRegistry(definition, scope);
  }

  /** A member's item: of `resources` a default as the limiter writes it, otherwise the key alone. */
  itemOf(name: string): StoredItem {
    const { keys, isResources, scope } = this.#registry;
    const key = keys.memberKey(name, scope);
    if (!isResources) return key;
    const index: StoredItem = scope === undefined ? {} : { GSI4PK: { S: scope }, GSI4SK: { S: key.PK?.S ?? "" } };
    return { ...key, ...index, resource: { S: name }, config_version: { N: "1" }, ...limits };
  }

  /** Puts a member's item, the first half of a set. */
  async putItem(name: string, more: StoredItem = {}): Promise<void> {
    await this.#put({ ...this.itemOf(name), ...more });
  }

  /** The same as a provisioner does: of `resources` without `config_version` and `GSI4SK`. */
  async provision(name: string): Promise<void> {
    const { config_version, GSI4SK, ...item } = this.itemOf(name);
    await this.#put(this.#registry.isResources ? item : this.itemOf(name));
  }

  /** Deletes a member's item, the first half of a delete. */
  async deleteItem(name: string): Promise<void> {
    await this.#delete(this.#registry.keys.memberKey(name, this.#registry.scope));
  }

  /** Adds names to the registry, the second half of a set. */
  async register(...names: string[]): Promise<void> {
    await this.#updateSets("ADD #set :names", names);
  }

  /** Takes names off the registry, the second half of a delete. Creates the item where there is none. */
  async unregister(...names: string[]): Promise<void> {
    await this.#updateSets("DELETE #set :names", names);
  }

  /** Replaces the whole set, as a Region's last write does to another's. */
  async replaceRegistry(...names: string[]): Promise<void> {
    for (const shard of this.#shards()) {
      const here = names.filter((name) => homeShard(this.#registry, name) === shard);
      if (here.length === 0) await this.#update("REMOVE #set", shard);
      else await this.#update("SET #set = :names", shard, { ":names": { SS: here } });
    }
  }

  /** Removes the set and keeps the item. */
  async emptyRegistry(): Promise<void> {
    for (const shard of this.#shards()) await this.#update("REMOVE #set", shard);
  }

  /** Saves the registry unchanged in a table browser that takes every set for an empty map. No repair by name heals it. */
  async saveInBrowser(): Promise<void> {
    for (const shard of this.#shards()) await this.#update("SET #set = :map", shard, { ":map": { M: {} } });
  }

  /** Removes the registry item. */
  async removeRegistry(): Promise<void> {
    const { keys, scope } = this.#registry;
    for (const shard of this.#shards()) await this.#delete(keys.registryKey(scope, shard));
  }

  #shards(): number[] {
    return Array.from({ length: this.#registry.shardCount }, (_, shard) => shard);
  }

  /** Changes the sets of the shards that list these names. */
  async #updateSets(expression: string, names: readonly string[]): Promise<void> {
    for (const [shard, here = []] of Map.groupBy(names, (name) => homeShard(this.#registry, name))) {
      await this.#update(expression, shard, { ":names": { SS: here } });
    }
  }

  async #put(Item: StoredItem): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.#tableName, Item }));
  }

  async #delete(Key: StoredItem): Promise<void> {
    await this.#client.send(new DeleteItemCommand({ TableName: this.#tableName, Key }));
  }

  async #update(UpdateExpression: string, shard: number, values?: StoredItem): Promise<void> {
    const { definition, keys, scope } = this.#registry;
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#tableName,
        Key: keys.registryKey(scope, shard),
        UpdateExpression,
        ExpressionAttributeNames: { "#set": definition.registry.attribute },
        ...(values && { ExpressionAttributeValues: values }),
      }),
    );
  }
}
