import path from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import {
  type CheckpointStore,
  type DynamoDBStreamEvent,
  type Engine,
  type EventSourceMapping,
  FileCheckpointStore,
  MemoryCheckpointStore,
  resolveStreamArn,
  startEventSourceMapping,
} from "@rollcall/local";
import { type RegistryOwner, streamEventSource } from "@rollcall/maintainer";
import type { RegistryDefinition } from "@rollcall/registry";
import type { Page } from "@rollcall/ui";
import { hasResources } from "../config/choose-registries.ts";
import { createTable, enableTimeToLive, findTable } from "../connection/create-table.ts";
import { keyDifference, streamDifference } from "../connection/table-fit.ts";
import { CommandError } from "../errors.ts";
import { serveDevPage } from "../page/dev-page.ts";
import { untilEnding } from "../terminal/ending.ts";
import type { Io } from "../terminal/io.ts";
import type { DevDetail, DevEvent, Tell } from "./dev-event.ts";
import { introduceDrift } from "./drift-maker.ts";
import { HandlerHost } from "./handler-host.ts";
import type { CommandWords } from "./handler-messages.ts";
import { type LocalEngineOptions, startLocalEngine, stopLocalEngine } from "./local-engine.ts";
import { mappingTelling } from "./mapping-events.ts";
import { within } from "./within.ts";

/** What the local loop is to run. */
export interface DevLoopOptions extends LocalEngineOptions {
  table: string;
  /** What the table's registries list. */
  registries: readonly [RegistryDefinition, ...RegistryDefinition[]];
  drift: boolean;
  words: CommandWords;
  /** The page that shows it. `undefined`: none. */
  ui: { port: number | undefined } | undefined;
}

type World = Pick<Io, "clock" | "signal">;

/** The maintainer's time-out in seconds, as it is deployed with. */
const FUNCTION_TIMEOUT_SECONDS = 60;

/** How long each of mapping and handler may take to end, in milliseconds; records in flight are retried next time. */
const STOP_MS = 1_000;

/**
 * Runs engine, table, event source mapping and maintainer until the signal aborts, or one of them fails.
 *
 * What it starts ends in the opposite order and within seconds, and with this process however that ends.
 */
export async function runDevLoop(options: DevLoopOptions, say: (event: DevEvent) => void, world: World): Promise<void> {
  const { clock, signal } = world;
  const { table: tableName, registries, words } = options;
  const engine = await startLocalEngine(options, signal);
  const clients = connect(engine);
  try {
    await prepareTable(clients.dynamodb, options, world);
    const { clientConfig } = engine;
    await using page = options.ui && (await openPage(options, engine, clients.dynamodb));
    const tell: Tell = (event) => {
      if (!isDetail(event)) say(event);
      if (event.event !== "ready" && event.event !== "stopped") page?.tell(event);
    };
    const host = await HandlerHost.start({ tableName, registries, clientConfig, words }, tell, clock);
    try {
      await runMapping(options, { ...clients, engine, host, page }, tell, world);
    } finally {
      await within(STOP_MS, host[Symbol.asyncDispose](), clock);
    }
  } finally {
    clients.destroy();
    await stopLocalEngine(engine, clock);
  }
}

interface Parts {
  engine: Engine;
  dynamodb: DynamoDB;
  streams: DynamoDBStreams;
  host: HandlerHost;
  page: Page | undefined;
}

/** Runs the mapping until the signal aborts, or a part fails. */
async function runMapping(options: DevLoopOptions, parts: Parts, tell: Tell, { clock, signal }: World): Promise<void> {
  const { table, registries, dbPath } = options;
  const { engine, dynamodb, streams, host, page } = parts;
  const mapping = await startEventSourceMapping({
    ...streamEventSource(registries),
    maximumBatchingWindowInSeconds: 0, // on AWS it saves invocations, which cost nothing here
    streams,
    streamArn: await resolveStreamArn(dynamodb, table),
    functionName: "rollcall-maintainer",
    functionTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
    checkpoints: checkpointsIn(dbPath, engine.name),
    handler: (event, context) => {
      tell({ event: "received", oldestAt: writtenAt(event) });
      return host.invoke(event, context.getRemainingTimeInMillis());
    },
    onEvent: (event) => {
      const telling = mappingTelling(event);
      if (telling !== undefined) tell(telling);
    },
  });
  const failed = Promise.withResolvers<never>();
  const fail = (error: unknown) => {
    if (!signal.aborted) failed.reject(error); // once everything stops, the parts end as they should
  };
  failed.promise.catch(() => {}); // heard below, or of no interest any more
  mapping.closed.catch(fail);
  engine.exited.then((exit) => fail(engineEnded(exit)));
  try {
    const names = registries.map(({ name }) => name);
    tell({
      event: "ready",
      endpoint: engine.endpoint,
      table,
      engine: engine.name,
      registries: names,
      ...(page && { ui: page.url }),
    });
    if (options.drift) {
      const onDrift = (owner: RegistryOwner, drift: string) => tell({ event: "drift", ...owner, drift });
      introduceDrift(dynamodb, table, registries, onDrift, { clock, signal }).catch(fail);
    }
    await Promise.race([untilEnding(signal), failed.promise]);
  } finally {
    await stopMapping(mapping, tell, clock);
  }
}

function openPage({ ui, table, registries }: DevLoopOptions, engine: Engine, client: DynamoDB): Promise<Page> {
  return serveDevPage({ uiPort: ui?.port, engine, client, tableName: table, registries });
}

/** What the page alone is told. */
function isDetail(event: DevEvent | DevDetail): event is DevDetail {
  return event.event === "received" || event.event === "suspected" || event.event === "registry-read";
}

/** When the oldest of some records was written, in milliseconds since 1970; streams say it in seconds. */
function writtenAt({ Records }: DynamoDBStreamEvent): number | undefined {
  const seconds = Records[0]?.dynamodb?.ApproximateCreationDateTime;
  return seconds === undefined ? undefined : seconds * 1_000;
}

/** What a mapping fails of while it stops is no reason to leave the rest running. */
async function stopMapping(mapping: EventSourceMapping, tell: Tell, clock: Io["clock"]): Promise<void> {
  const hadFailed = mapping.state === "failed";
  try {
    await within(STOP_MS, mapping.stop(), clock);
  } catch (error) {
    if (!hadFailed)
      tell({ event: "problem", message: `the mapping did not stop in order: ${(error as Error).message}` });
  }
}

/**
 * Creates the table where there is none, and lets items of limits expire.
 *
 * @throws CommandError where the table that is there does not fit the registries
 */
async function prepareTable(dynamodb: DynamoDB, options: DevLoopOptions, world: World): Promise<void> {
  const { table, registries } = options;
  const [definition] = registries; // all are of one table, with the same keys
  const existing = await findTable(dynamodb, table, world);
  if (existing === undefined) await createTable(dynamodb, table, world, definition);
  else {
    const difference = keyDifference(existing, definition) ?? streamDifference(existing, definition);
    if (difference !== undefined) {
      throw new CommandError(
        `Table ${table} does not fit registry ${definition.name}: ${difference}. Name another with --table, or another --db-path.`,
      );
    }
  }
  if (!hasResources(registries)) return;
  // also of a table that is there: its creator may have been killed before this
  const { signal: abortSignal } = world;
  const { TimeToLiveDescription: expiry } = await dynamodb.describeTimeToLive({ TableName: table }, { abortSignal });
  if (expiry?.TimeToLiveStatus === "DISABLED") await enableTimeToLive(dynamodb, table, world);
}

function engineEnded({ code, signal, output }: Awaited<Engine["exited"]>): CommandError {
  const wrote = output.trim() === "" ? "nothing" : output.trim();
  return new CommandError(
    `The engine ended by itself, with ${signal ?? `status ${code}`}; start rollcall dev once more. It wrote: ${wrote}`,
  );
}

/** Checkpoints live beside the data they are about: in memory with it, or in its directory. */
function checkpointsIn(dbPath: string | undefined, engine: Engine["name"]): CheckpointStore {
  if (dbPath === undefined) return new MemoryCheckpointStore();
  return new FileCheckpointStore(path.join(dbPath, `${engine}-checkpoints.json`));
}

function connect({ clientConfig }: Engine) {
  const [dynamodb, streams] = [new DynamoDB(clientConfig), new DynamoDBStreams(clientConfig)];
  return {
    dynamodb,
    streams,
    destroy() {
      dynamodb.destroy();
      streams.destroy();
    },
  };
}
