import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Engine, type EngineClientConfig, type EngineName, startEngine } from "@rollcall/local";
import { tableDefinition } from "@rollcall/registry/schema";
import { runningInGroup } from "@rollcall/testing/dynamodb/processes";
import { expect, vi } from "vitest";

/** An engine with a table on disk, which can be killed and comes back at the same place. */
export class DiskEngine implements AsyncDisposable {
  readonly tableName = "limits";
  readonly folder: string;
  readonly client: DynamoDBClient;
  #engine: Engine;

  private constructor(folder: string, engine: Engine) {
    this.folder = folder;
    this.#engine = engine;
    this.client = new DynamoDBClient(engine.clientConfig);
  }

  static async start(engine: EngineName): Promise<DiskEngine> {
    const folder = await mkdtemp(path.join(tmpdir(), "rollcall-crash-"));
    const disk = new DiskEngine(folder, await startEngine({ engine, dbPath: folder }));
    await disk.client.send(new CreateTableCommand({ TableName: disk.tableName, ...tableDefinition() }));
    return disk;
  }

  get clientConfig(): EngineClientConfig {
    return this.#engine.clientConfig;
  }

  /** SIGKILL, and a new start on the same files and the same port. */
  async crash(): Promise<void> {
    const { name, pid, endpoint, exited } = this.#engine;
    process.kill(pid, "SIGKILL");
    await exited;
    await vi.waitFor(() => expect(runningInGroup(pid), "processes left behind").toEqual([]));
    this.#engine = await startEngine({ engine: name, dbPath: this.folder, port: Number(new URL(endpoint).port) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    await this.#engine.stop();
    await rm(this.folder, { recursive: true });
  }
}
