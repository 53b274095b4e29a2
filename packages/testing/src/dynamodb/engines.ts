import { randomUUID } from "node:crypto";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ResourceNotFoundException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import {
  availableEngines,
  type Engine,
  type EngineAvailability,
  type EngineName,
  EngineUnavailableError,
  startEngine,
} from "@rollcall/local";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runningInGroup } from "./processes.ts";

/** What a table is made of, without its name. */
export type TableDefinition = Omit<CreateTableCommandInput, "TableName">;

/** What a suite gets. All of it but `engineName` is there only while tests and hooks run, not while they are declared. */
export interface EngineContext {
  readonly engineName: EngineName;
  readonly engine: Engine;
  readonly client: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  /** Makes a table under a name of its own, and deletes it when the suite has ended. Resolves to the name. */
  createTable(definition: TableDefinition): Promise<string>;
}

const engines = await availableEngines();

/**
 * Declares a suite once per engine: in CI every one, elsewhere the first that is there. Each has an engine of its own, in memory, and fails when it leaves a table
 * or a process behind.
 */
export function describeEachEngine(title: string, suite: (context: EngineContext) => void): void {
  describeEachEngineName(title, (engineName) => suite(declareFixture(engineName)));
}

/** Declares a suite of large tables, as {@link describeEachEngine} does, but elsewhere than in CI on the fastest engine. */
export function describeLargeTables(title: string, suite: (context: EngineContext) => void): void {
  describeEngines(title, engines, (engineName) => suite(declareFixture(engineName)), "memory");
}

/**
 * Declares a suite once per engine and starts nothing. An engine that cannot run here is skipped, with the reason in
 * the suite's name; where `CI` is set it fails instead: there, a suite that did not run must not look like one that
 * passed. Engines after the first that can run are skipped too, but in CI: they double the time.
 */
export function describeEachEngineName(title: string, suite: (engineName: EngineName) => void): void {
  describeEngines(title, engines, suite);
}

/** An engine with a process of its own, which a test can look at and kill. */
export type EngineProgramName = Exclude<EngineName, "memory">;

/** Declares a suite once per engine with a process of its own, as {@link describeEachEngineName} does. */
export function describeEachEngineProgram(title: string, suite: (engineName: EngineProgramName) => void): void {
  const programs = engines.filter((found) => found.engine !== "memory");
  describeEngines(title, programs, suite as (engineName: EngineName) => void);
}

function describeEngines(
  title: string,
  candidates: readonly EngineAvailability[],
  suite: (engineName: EngineName) => void,
  first = candidates.find(({ available }) => available)?.engine,
): void {
  for (const found of candidates) {
    const name = `${title} (${found.engine})`;
    const skip = (why: string) => describe.skipIf(true)(`${name} [skipped: ${why}]`, () => suite(found.engine));
    if (found.available) {
      if (process.env.CI || found.engine === first) describe(name, () => suite(found.engine));
      else skip("a further engine; CI=true runs it");
    } else if (process.env.CI) {
      test(name, () => {
        throw new EngineUnavailableError([found]);
      });
    } else {
      skip(`${found.reason}; ${found.remedy}`);
    }
  }
}

function declareFixture(engineName: EngineName): EngineContext {
  const tables: string[] = [];
  let running: { engine: Engine; client: DynamoDBClient; streams: DynamoDBStreamsClient } | undefined;
  const started = () => {
    if (running === undefined) throw new Error("The engine runs only while tests run: use it in a test or a hook.");
    return running;
  };

  beforeAll(async () => {
    const engine = await startEngine({ engine: engineName });
    running = {
      engine,
      client: new DynamoDBClient(engine.clientConfig),
      streams: new DynamoDBStreamsClient(engine.clientConfig),
    };
  });

  afterAll(async () => {
    if (running === undefined) return; // it did not start, which has failed the suite already
    const { engine, client, streams } = running;
    try {
      for (const TableName of tables) await deleteTable(client, TableName);
      const { TableNames } = await client.send(new ListTablesCommand({}));
      expect(TableNames, "tables made without createTable() and left behind").toEqual([]);
    } finally {
      client.destroy();
      streams.destroy();
      await engine.stop();
    }
    if (engine.pid === process.pid) return;
    await vi.waitFor(() => expect(runningInGroup(engine.pid), "processes left behind").toEqual([]));
  });

  return {
    engineName,
    get engine() {
      return started().engine;
    },
    get client() {
      return started().client;
    },
    get streams() {
      return started().streams;
    },
    async createTable(definition) {
      const { client } = started();
      const TableName = `test-${randomUUID()}`;
      tables.push(TableName);
      await client.send(new CreateTableCommand({ TableName, ...definition }));
      await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName });
      return TableName;
    },
  };
}

async function deleteTable(client: DynamoDBClient, TableName: string): Promise<void> {
  try {
    await client.send(new DeleteTableCommand({ TableName }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error; // a test may have deleted its own table
  }
}
