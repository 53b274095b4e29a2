import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { namespaceIndexKeys, registryKey, resourceKey } from "@rollcall/registry/schema";

const limits = { l_rpm_cp: { N: "5" }, l_rpm_ra: { N: "5" }, l_rpm_rp: { N: "60" } };

/**
 * All that write to the table without the library, to try the maintainer with: each method is one request, and none keeps
 * the registry true.
 *
 * @example
 * ```ts
 * import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { ForeignWriter } from "@rollcall/maintainer/drifts";
 *
 * const writer = new ForeignWriter(new DynamoDBClient({}), "limits");
 * await writer.putDefault("gpt-4"); // and never registered
 * ```
 */
export class ForeignWriter {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #namespace: string | undefined;

  constructor(client: DynamoDBClient, tableName: string, namespace?: string) {
    this.#client = client;
    this.#tableName = tableName;
    this.#namespace = namespace;
  }

  /** Puts a default as the limiter does, the first half of its set. */
  async putDefault(name: string, more: Record<string, AttributeValue> = {}): Promise<void> {
    const key = resourceKey(name, this.#namespace);
    const index = namespaceIndexKeys(key, this.#namespace);
    await this.#put({ ...key, ...index, resource: { S: name }, config_version: { N: "1" }, ...limits, ...more });
  }

  /** Puts a default as the limiter's provisioner does: without `config_version` and `GSI4SK`. */
  async provision(name: string): Promise<void> {
    const key = resourceKey(name, this.#namespace);
    await this.#put({
      ...key,
      ...(this.#namespace && { GSI4PK: { S: this.#namespace } }),
      resource: { S: name },
      ...limits,
    });
  }

  /** Deletes a default, the first half of the limiter's delete. */
  async deleteDefault(name: string): Promise<void> {
    const Key = resourceKey(name, this.#namespace);
    await this.#client.send(new DeleteItemCommand({ TableName: this.#tableName, Key }));
  }

  /** Adds names to the registry, the second half of a set. */
  async register(...names: string[]): Promise<void> {
    await this.#update("ADD #set :names", { ":names": { SS: names } });
  }

  /** Takes names off the registry, the second half of a delete. Creates the item where there is none. */
  async unregister(...names: string[]): Promise<void> {
    await this.#update("DELETE #set :names", { ":names": { SS: names } });
  }

  /** Replaces the whole set, as a Region's last write does to another's. */
  async replaceRegistry(...names: string[]): Promise<void> {
    await this.#update("SET #set = :names", { ":names": { SS: names } });
  }

  /** Removes the set and keeps the item. */
  async emptyRegistry(): Promise<void> {
    await this.#update("REMOVE #set");
  }

  /** Saves the registry unchanged in a table browser that takes every set for an empty map. No repair by name heals it. */
  async saveInBrowser(): Promise<void> {
    await this.#update("SET #set = :map", { ":map": { M: {} } });
  }

  /** Removes the registry item. */
  async removeRegistry(): Promise<void> {
    const Key = registryKey(this.#namespace);
    await this.#client.send(new DeleteItemCommand({ TableName: this.#tableName, Key }));
  }

  async #put(Item: Record<string, AttributeValue>): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.#tableName, Item }));
  }

  async #update(UpdateExpression: string, values?: Record<string, AttributeValue>): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#tableName,
        Key: registryKey(this.#namespace),
        UpdateExpression,
        ExpressionAttributeNames: { "#set": "resources" },
        ...(values && { ExpressionAttributeValues: values }),
      }),
    );
  }
}
