import { randomUUID } from "node:crypto";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { type Engine, type EngineName, startEngine } from "@rollcall/local";
import { tableDefinition } from "@rollcall/registry/schema";
import { meterCapacity } from "@rollcall/testing/rollcall/capacity-meter";
import { SPARSE_INDEX } from "../alternatives/sparse-index.ts";
import type { Counts } from "./measurement.ts";

/** The index with which the limiter finds everything of a namespace: keys only. */
export const NAMESPACE_INDEX = "GSI4";

/** An index whose keys are strings. */
type Index = NonNullable<CreateTableCommandInput["GlobalSecondaryIndexes"]>[number];

const INDEXES = {
  namespaces: {
    IndexName: NAMESPACE_INDEX,
    KeySchema: [
      { AttributeName: "GSI4PK", KeyType: "HASH" },
      { AttributeName: "GSI4SK", KeyType: "RANGE" },
    ],
    Projection: { ProjectionType: "KEYS_ONLY" },
  },
  kinds: { ...SPARSE_INDEX, KeySchema: [...SPARSE_INDEX.KeySchema] },
} satisfies Record<string, Index>;

/** DynamoDB Local's heap: 100,000 items with an index need more than its default. */
const HEAP_MB = 2_048;

/** A thousand writers wait for the SDK's 50 sockets, which is part of what is measured: no warning for ten minutes. */
const SOCKET_WARNING_MS = 600_000;

/** What a table has besides its keys. Engines are slow with streams, so there is none where none is read. */
export interface TableFeatures {
  readonly stream?: boolean;
  readonly index?: keyof typeof INDEXES;
}

/** An engine with tables to work on, and clients that count. */
export class Lab implements AsyncDisposable {
  readonly engine: Engine;
  /** A client that is neither counted nor broken. */
  readonly client: DynamoDBClient;
  readonly #clients: DynamoDBClient[] = [];
  readonly #ownsEngine: boolean;

  private constructor(engine: Engine, ownsEngine: boolean) {
    this.engine = engine;
    this.#ownsEngine = ownsEngine;
    this.client = this.connect();
  }

  /** A lab with an engine of its own: engines slow down with what they have done before. */
  static async start(name: EngineName): Promise<Lab> {
    return new Lab(await startEngine({ engine: name, heapMb: HEAP_MB, guard: false }), true);
  }

  /** A lab with an engine that runs, and continues to run. */
  static on(engine: Engine): Lab {
    return new Lab(engine, false);
  }

  /** A client of its own, which ends with the lab. */
  connect(): DynamoDBClient {
    const requestHandler = { socketAcquisitionWarningTimeout: SOCKET_WARNING_MS };
    const client = new DynamoDBClient({ ...this.engine.clientConfig, requestHandler });
    this.#clients.push(client);
    return client;
  }

  async createTable({ stream = false, index }: TableFeatures = {}): Promise<string> {
    const TableName = `bench-${randomUUID()}`;
    const { StreamSpecification, AttributeDefinitions: _, KeySchema, ...definition } = tableDefinition();
    const indexes: Index[] = index === undefined ? [] : [INDEXES[index]];
    const keys = [...KeySchema, ...indexes.flatMap((each) => each.KeySchema ?? [])].map((key) => key.AttributeName);
    await this.client.send(
      new CreateTableCommand({
        TableName,
        ...definition,
        KeySchema,
        AttributeDefinitions: [...new Set(keys)].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        ...(stream && { StreamSpecification }),
        ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
      }),
    );
    await waitUntilTableExists({ client: this.client, minDelay: 1, maxWaitTime: 30 }, { TableName });
    return TableName;
  }

  /** Counts what a piece of work asks of DynamoDB with the client it is given. */
  async count(work: (client: DynamoDBClient) => Promise<unknown>): Promise<Counts> {
    const client = this.connect();
    using meter = meterCapacity(client, this.engine);
    await work(client);
    const { requests, readUnits, writeUnits } = meter;
    return { requests, readUnits, writeUnits };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    if (this.#ownsEngine) await this.engine.stop();
  }
}
