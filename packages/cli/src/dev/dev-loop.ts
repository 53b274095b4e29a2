import path from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import {
  type CheckpointStore,
  type Engine,
  type EngineName,
  FileCheckpointStore,
  MemoryCheckpointStore,
  resolveStreamArn,
  startEngine,
  startEventSourceMapping,
} from "@rollcall/local";
import { streamEventSource } from "@rollcall/maintainer";
import { createTable, enableTimeToLive, findTable } from "../connection/create-table.ts";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import type { DevEvent } from "./dev-event.ts";
import { makeDrift } from "./drift-maker.ts";
import { HandlerHost } from "./handler-host.ts";

/** What the local loop is to run. */
export interface DevLoopOptions {
  table: string;
  engine: "auto" | EngineName;
  port?: number | undefined;
  dbPath?: string | undefined;
  drift: boolean;
}

/** The maintainer's time-out in seconds, as it is deployed with. */
const FUNCTION_TIMEOUT_SECONDS = 60;

/** How long a batch under way may take to end after Ctrl-C, in milliseconds; its records come again next time. */
const STOP_MS = 1_000;

/**
 * Runs engine, table, event source mapping and maintainer until the signal aborts, or one of them fails.
 *
 * What it starts goes down in the opposite order, and ends with this process however that ends.
 */
export async function runDevLoop(
  options: DevLoopOptions,
  emit: (event: DevEvent) => void,
  { clock, signal }: Pick<Io, "clock" | "signal">,
): Promise<void> {
  const { table, port, dbPath } = options;
  await using engine = await startEngine({ engine: options.engine, port, dbPath, signal: undefined });
  using clients = connect(engine);
  const { dynamodb, streams } = clients;
  if ((await findTable(dynamodb, table, { clock, signal })) === undefined) {
    await createTable(dynamodb, table, { clock, signal });
  }
  // also of a table that is there: whoever created it may have been killed before this
  const { TimeToLiveDescription: expiry } = await dynamodb.describeTimeToLive({ TableName: table });
  if (expiry?.TimeToLiveStatus === "DISABLED") await enableTimeToLive(dynamodb, table, { clock, signal });

  const { clientConfig } = engine;
  await using host = await HandlerHost.start(
    { tableName: table, clientConfig },
    {
      onReconciled: (names) => emit({ event: "repair", ...names }),
      onReload: () => emit({ event: "reload" }),
      onProblem: (message) => emit({ event: "problem", message }),
    },
    clock,
  );
  const mapping = await startEventSourceMapping({
    ...streamEventSource,
    streams,
    streamArn: await resolveStreamArn(dynamodb, table),
    functionName: "rollcall-maintainer",
    functionTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
    checkpoints: checkpointsIn(dbPath, engine.name),
    handler: (event, context) => host.invoke(event, context.getRemainingTimeInMillis()),
    onBatch: (report) => emit({ event: "batch", ...report }),
  });
  emit({ event: "ready", endpoint: engine.endpoint, table, engine: engine.name });

  const failed = Promise.withResolvers<never>();
  const fail = (error: unknown) => {
    if (!signal.aborted) failed.reject(error); // once everything stops, whatever ends does so as it should
  };
  failed.promise.catch(() => {}); // heard below, or of no interest any more
  mapping.closed.catch(fail);
  engine.exited.then(({ code, signal: killedBy, output }) => {
    const how = killedBy ?? `status ${code}`;
    fail(
      new CommandError(`The engine ended by itself, with ${how}; start rollcall dev again. It wrote: ${output.trim()}`),
    );
  });
  if (options.drift) {
    const onDrift = (namespace: string | undefined, drift: string) => emit({ event: "drift", namespace, drift });
    makeDrift(dynamodb, table, onDrift, { clock, signal }).catch(fail);
  }
  try {
    await Promise.race([untilAborted(signal), failed.promise]);
  } finally {
    await Promise.race([mapping.stop(), clock.sleep(STOP_MS)]);
  }
}

/** Checkpoints live beside the data they are about: in memory with it, or in its directory. */
function checkpointsIn(dbPath: string | undefined, engine: EngineName): CheckpointStore {
  if (dbPath === undefined) return new MemoryCheckpointStore();
  return new FileCheckpointStore(path.join(dbPath, `${engine}-checkpoints.json`));
}

function connect({ clientConfig }: Engine) {
  const [dynamodb, streams] = [new DynamoDB(clientConfig), new DynamoDBStreams(clientConfig)];
  return {
    dynamodb,
    streams,
    [Symbol.dispose]() {
      dynamodb.destroy();
      streams.destroy();
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}
