import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import type { Engine } from "@rollcall/local";
import { ResourceRegistry } from "@rollcall/registry";
import { tableDefinition } from "@rollcall/registry/schema";
import { meterCapacity } from "@rollcall/testing/rollcall/capacity-meter";
import type { Report } from "./report.ts";

/** What one piece of work gave and took. */
export interface Measured<T> {
  result: T;
  ms: number;
  requests: number;
  readUnits: number;
  writeUnits: number;
}

/** What every chapter of the demo plays on: one engine, one table, one registry. */
export class Stage implements AsyncDisposable {
  readonly engine: Engine;
  readonly report: Report;
  readonly client: DynamoDBClient;
  readonly tableName = "gateway";
  readonly registry: ResourceRegistry;

  constructor(engine: Engine, report: Report) {
    this.engine = engine;
    this.report = report;
    this.client = new DynamoDBClient(engine.clientConfig);
    this.registry = new ResourceRegistry({ tableName: this.tableName, client: this.client });
  }

  /** Runs one piece of work and says what it took. */
  async measure<T>(work: () => Promise<T>): Promise<Measured<T>> {
    using meter = meterCapacity(this.client, this.engine);
    const startedAt = performance.now();
    const result = await work();
    const ms = performance.now() - startedAt;
    return { result, ms, requests: meter.requests, readUnits: meter.readUnits, writeUnits: meter.writeUnits };
  }

  /** A table as it is before Rollcall: without a stream. */
  async createTable(TableName: string): Promise<void> {
    const { StreamSpecification: _, ...definition } = tableDefinition();
    await this.client.send(new CreateTableCommand({ TableName, ...definition }));
    await waitUntilTableExists({ client: this.client, maxWaitTime: 30 }, { TableName });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry[Symbol.asyncDispose]();
    this.client.destroy();
  }
}
