import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import {
  type CheckpointStore,
  type DynamoDBStreamEvent,
  type StreamSource,
  startEventSourceMapping,
} from "@rollcall/local";
import { createStreamHandler, streamEventSource } from "@rollcall/maintainer";
import { defineRegistry, type RegistryDefinition } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { resources } from "@rollcall/registry/resources";
import type { EngineContext } from "../dynamodb/engines.ts";
import { MARKER } from "./replay.ts";
import { SILENT } from "./silent-telemetry.ts";

/** A request of the maintainer: its operation and its input. */
export interface SentRequest {
  operation: string;
  input: unknown;
}

/** A registry and the members of one scope, as they lie in the table. */
export interface ScopeState {
  /** What all shards list; `undefined` where there is no item. */
  listed: string[] | undefined;
  members: string[];
}

/** A registry for every scope, none of which has a member: its items show how far a stream has been read. */
function sentinelsOf(key: RegistryDefinition["key"]): RegistryDefinition {
  const sort = (text: string) => (key.sort === undefined ? {} : { sort: text });
  return defineRegistry({
    name: "sentinels",
    key,
    member: { partition: "sentinel-{scope}/{member}", ...sort("#MEMBER") },
    registry: { partition: "sentinel-{scope}", ...sort("#SENTINEL"), attribute: "sentinels" },
  });
}

/** A table whose stream feeds the maintainer through the event source mapping, as it is deployed but for the waiting. */
export class MaintainedTable implements AsyncDisposable {
  readonly tableName: string;
  readonly streamArn: string;
  readonly streams: DynamoDBStreams;
  /** What the maintainer asked of the table. */
  readonly requests: SentRequest[] = [];
  /** What it said, one message each. */
  readonly said: string[] = [];
  readonly #definition: RegistryDefinition;
  readonly #clients: { readonly writer: DynamoDBClient; readonly maintainer: DynamoDBClient };
  /** Registries of nothing that were created to see them come through: how many, and what waits for each. */
  readonly #sentinels = { count: 0, waiting: new Map<string, () => void>() };

  private constructor(context: EngineContext, tableName: string, streamArn: string, definition: RegistryDefinition) {
    this.tableName = tableName;
    this.#definition = definition;
    this.streamArn = streamArn;
    this.streams = new DynamoDBStreams(context.engine.clientConfig);
    this.#clients = { writer: context.client, maintainer: new DynamoDBClient(context.engine.clientConfig) };
    this.#clients.maintainer.middlewareStack.add(
      (next, { commandName = "" }) =>
        (args) => {
          this.requests.push({ operation: commandName.replace("Command", ""), input: args.input });
          return next(args);
        },
      { step: "initialize" },
    );
  }

  /** @param definition of the registries that it maintains. Default: `resources` */
  static async of(
    context: EngineContext,
    tableName: string,
    definition: RegistryDefinition = resources,
  ): Promise<MaintainedTable> {
    const { Table } = await context.client.send(new DescribeTableCommand({ TableName: tableName }));
    return new MaintainedTable(context, tableName, Table?.LatestStreamArn ?? "", definition);
  }

  /** The maintainer's handler, for a test that feeds it by itself. */
  handler() {
    const say = (message: unknown) => void this.said.push(String(message));
    const logger = { info: say, warn: say, error: say } as never;
    const { metrics } = SILENT;
    const { tableName, registries } = this;
    return createStreamHandler({ tableName, registries, client: this.#clients.maintainer, logger, metrics });
  }

  /** What the maintainer maintains: the definition's registries, and those that show how far it has come. */
  get registries(): RegistryDefinition[] {
    return [this.#definition, sentinelsOf(this.#definition.key)];
  }

  /** Starts the mapping, from the beginning of the stream or from its checkpoints. */
  async map(
    options: {
      checkpoints?: CheckpointStore;
      streams?: StreamSource;
      onEvent?: (event: DynamoDBStreamEvent) => void;
    } = {},
  ) {
    const handler = this.handler();
    const { checkpoints, streams = this.streams, onEvent } = options;
    return await startEventSourceMapping({
      ...streamEventSource(this.registries),
      maximumBatchingWindowInSeconds: 0,
      pollIntervalMs: 5,
      streams,
      streamArn: this.streamArn,
      functionTimeoutSeconds: 30,
      ...(checkpoints && { checkpoints }),
      handler: async (event, context) => {
        onEvent?.(event);
        const answer = await handler(event, context);
        for (const { dynamodb } of event.Records) {
          const key = dynamodb?.Keys?.[this.#definition.key.partition];
          const name = key !== undefined && "S" in key ? key.S : "";
          this.#sentinels.waiting.get(name)?.();
        }
        return answer;
      },
    });
  }

  /** Resolves once everything in the stream has been handled, the records of the repairs included. */
  async caughtUp(): Promise<void> {
    for (;;) {
      const before = this.requests.filter(({ operation }) => operation === "TransactWriteItems").length;
      await this.#passSentinel();
      const after = this.requests.filter(({ operation }) => operation === "TransactWriteItems").length;
      if (after === before) return;
    }
  }

  /** Creates a registry of nothing, in a scope of its own, and waits until its record has come through. */
  async #passSentinel(): Promise<void> {
    const { key } = this.#definition;
    const Item = registryKeys(sentinelsOf(key)).registryKey(String(this.#sentinels.count++));
    const name = Item[key.partition]?.S ?? "";
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sentinels.waiting.set(name, resolve);
    await this.#clients.writer.send(new PutItemCommand({ TableName: this.tableName, Item }));
    await promise;
    this.#sentinels.waiting.delete(name);
  }

  /** Separates what the test did from what the maintainer will do. */
  async mark(): Promise<void> {
    const names = Object.values(this.#definition.key);
    const Item = Object.fromEntries(names.map((name) => [name, { S: MARKER }]));
    await this.#clients.writer.send(new PutItemCommand({ TableName: this.tableName, Item }));
  }

  /** What lies in the table, by scope. */
  async state(): Promise<Map<string | undefined, ScopeState>> {
    const keys = registryKeys(this.#definition);
    const state = new Map<string | undefined, ScopeState>();
    const of = (scope: string | undefined): ScopeState => {
      const known = state.get(scope) ?? { listed: undefined, members: [] };
      state.set(scope, known);
      return known;
    };
    const { Items = [] } = await this.#clients.writer.send(
      new ScanCommand({ TableName: this.tableName, ConsistentRead: true }),
    );
    for (const item of Items) {
      const address = keys.readMember(item);
      if (address !== undefined) of(address.scope).members.push(address.member);
      const registry = keys.readRegistry(item);
      if (registry !== undefined) {
        const known = of(registry.scope);
        known.listed = [...(known.listed ?? []), ...(item[this.#definition.registry.attribute]?.SS ?? [])].sort();
      }
    }
    for (const { members } of state.values()) members.sort();
    return state;
  }

  /** One item, read strongly. */
  async get(Key: Record<string, { S: string }>) {
    return (
      await this.#clients.writer.send(new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true }))
    ).Item;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#clients.maintainer.destroy();
    this.streams.destroy();
  }
}
