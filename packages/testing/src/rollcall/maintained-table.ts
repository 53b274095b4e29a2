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
import { parseRegistryKey, parseResourceKey, registryKey } from "@rollcall/registry/schema";
import type { EngineContext } from "../dynamodb/engines.ts";
import { MARKER } from "./replay.ts";
import { SILENT } from "./silent-telemetry.ts";

/** A request of the maintainer: its operation and its input. */
export interface SentRequest {
  operation: string;
  input: unknown;
}

/** The registry and the defaults of one namespace, as they lie in the table. */
export interface NamespaceState {
  registered: string[] | undefined;
  defaults: string[];
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
  readonly #client: DynamoDBClient;
  readonly #maintainer: DynamoDBClient;
  /** Registries of nothing that were created to see them come through: how many, and what waits for each. */
  readonly #sentinels = { count: 0, waiting: new Map<string, () => void>() };

  private constructor(context: EngineContext, tableName: string, streamArn: string) {
    this.tableName = tableName;
    this.streamArn = streamArn;
    this.#client = context.client;
    this.streams = new DynamoDBStreams(context.engine.clientConfig);
    this.#maintainer = new DynamoDBClient(context.engine.clientConfig);
    this.#maintainer.middlewareStack.add(
      (next, { commandName = "" }) =>
        (args) => {
          this.requests.push({ operation: commandName.replace("Command", ""), input: args.input });
          return next(args);
        },
      { step: "initialize" },
    );
  }

  static async of(context: EngineContext, tableName: string): Promise<MaintainedTable> {
    const { Table } = await context.client.send(new DescribeTableCommand({ TableName: tableName }));
    return new MaintainedTable(context, tableName, Table?.LatestStreamArn ?? "");
  }

  /** The maintainer's handler, for a test that feeds it by itself. */
  handler() {
    const say = (message: unknown) => void this.said.push(String(message));
    const logger = { info: say, warn: say, error: say } as never;
    const { metrics } = SILENT;
    return createStreamHandler({ tableName: this.tableName, client: this.#maintainer, logger, metrics });
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
      ...streamEventSource(),
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
          const key = dynamodb?.Keys?.PK;
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

  /** Creates a registry of nothing, in a namespace of its own, and waits until its record has come through. */
  async #passSentinel(): Promise<void> {
    const key = registryKey(`sentinel-${this.#sentinels.count++}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sentinels.waiting.set(key.PK.S, resolve);
    await this.#client.send(new PutItemCommand({ TableName: this.tableName, Item: key }));
    await promise;
    this.#sentinels.waiting.delete(key.PK.S);
  }

  /** Separates what the test did from what the maintainer will do. */
  async mark(): Promise<void> {
    const Item = { PK: { S: MARKER }, SK: { S: MARKER } };
    await this.#client.send(new PutItemCommand({ TableName: this.tableName, Item }));
  }

  /** What lies in the table, by namespace. */
  async state(): Promise<Map<string | undefined, NamespaceState>> {
    const state = new Map<string | undefined, NamespaceState>();
    const of = (namespace: string | undefined): NamespaceState => {
      const known = state.get(namespace) ?? { registered: undefined, defaults: [] };
      state.set(namespace, known);
      return known;
    };
    const { Items = [] } = await this.#client.send(
      new ScanCommand({ TableName: this.tableName, ConsistentRead: true }),
    );
    for (const item of Items) {
      const address = parseResourceKey(item);
      if (address !== undefined) of(address.namespace).defaults.push(address.resource);
      const registry = parseRegistryKey(item);
      if (registry !== undefined && !registry.namespace?.startsWith("sentinel-")) {
        of(registry.namespace).registered = [...(item.resources?.SS ?? [])].sort();
      }
    }
    for (const { defaults } of state.values()) defaults.sort();
    return state;
  }

  /** One item, read strongly. */
  async get(Key: ReturnType<typeof registryKey>) {
    return (await this.#client.send(new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true }))).Item;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#maintainer.destroy();
    this.streams.destroy();
  }
}
