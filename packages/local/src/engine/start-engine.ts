import type { FileLock } from "../locks/file-lock.ts";
import { ENGINE_KINDS, findEngine } from "./available-engines.ts";
import { ENGINE_REGION, LOOPBACK_HOST } from "./constants.ts";
import { openDbPath } from "./db-path.ts";
import type { Engine, EngineName, MemoryEngine } from "./engine.ts";
import type { EngineKind, EngineProgram, EngineRun } from "./engine-kind.ts";
import { EngineStartError, PortInUseError } from "./errors.ts";
import { isPortTaken } from "./free-port.ts";
import { Guard } from "./guard.ts";
import { type Launched, launch } from "./launch.ts";
import { type ResolvedOptions, resolveOptions, type StartEngineOptions } from "./options.ts";

/**
 * Starts an engine on 127.0.0.1 and waits until it answers. The engine ends with this program, also when that is killed. It
 * stands behind a guard that refuses what a page in a browser sends.
 *
 * @throws {@link EngineUnavailableError} when no engine can run here; it says what to install
 * @throws {@link PortInUseError} when `port` is taken
 * @throws {@link DbPathInUseError} when another engine has `dbPath`; it says which process
 * @throws {@link EngineStartError} when the engine ends or does not answer in time, with what it wrote
 *
 * @example
 * ```ts
 * import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
 * import { startEngine } from "@rollcall/local";
 *
 * const engine = await startEngine();
 * const client = new DynamoDBClient(engine.clientConfig);
 * try {
 *   console.log((await client.send(new ListTablesCommand({}))).TableNames); // []
 * } finally {
 *   client.destroy();
 *   await engine.close();
 * }
 * ```
 */
export function startEngine(options: StartEngineOptions & { engine: "memory" }): Promise<MemoryEngine>;
export function startEngine(options?: StartEngineOptions): Promise<Engine>;
export async function startEngine(options: StartEngineOptions = {}): Promise<Engine> {
  return startEngineOf(ENGINE_KINDS, options);
}

/** {@link startEngine} with engines of one's own. */
export async function startEngineOf(kinds: readonly EngineKind[], options: StartEngineOptions): Promise<Engine> {
  const resolved = resolveOptions(options);
  const { dbPath, signal } = resolved;
  signal?.throwIfAborted();
  const installed = await findEngine(resolved.engine, kinds, signal);
  const lock = dbPath === undefined ? undefined : await openDbPath(dbPath);
  try {
    const run = "start" in installed ? await installed.start(resolved) : await startProgram(installed, resolved);
    const engine = toEngine(installed.engine, run, lock);
    stopOnAbort(engine, signal);
    return engine;
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

async function startProgram(installed: EngineProgram, options: ResolvedOptions): Promise<EngineRun> {
  const { child, port, guard }: Guarded = await (options.guard ? startGuarded : launch)(installed, options);
  return {
    port,
    pid: child.pid as number, // it was started
    exited: child.exited.then(async (exit) => {
      await guard?.close();
      return exit;
    }),
    stop() {
      guard?.drain();
      return child.stop();
    },
  };
}

/** What runs, and where clients find it. */
interface Guarded extends Launched {
  readonly guard?: Guard;
}

/** Starts the engine on a port of its own, and the guard on the one that clients are told. */
async function startGuarded(installed: EngineProgram, options: ResolvedOptions): Promise<Guarded> {
  // said before an engine is started, which may take seconds
  if (options.port !== undefined && (await isPortTaken(options.port))) throw new PortInUseError(options.port);
  const guard = new Guard(); // its thread starts while the engine does
  let child: Launched["child"] | undefined;
  try {
    const launched = await launch(installed, { ...options, port: undefined });
    child = launched.child;
    const port = await guard.listen(options.port ?? 0, launched.port).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "EADDRINUSE" && options.port !== undefined) throw new PortInUseError(options.port, { cause });
      throw new EngineStartError(installed.engine, `runs, but its guard does not: ${cause.message}`, "", { cause });
    });
    options.signal?.throwIfAborted();
    // an engine that cannot be reached is of no use
    void guard.ended.then(() => launched.child.stop());
    return { child, port, guard };
  } catch (error) {
    await Promise.all([child?.stop(), guard.close()]);
    throw error;
  }
}

function toEngine(name: EngineName, run: EngineRun, lock: FileLock | undefined): Engine {
  const { port, ...rest } = run;
  const endpoint = `http://${LOOPBACK_HOST}:${port}`;
  // a caller who has heard of its end may start the next one on the same port and in the same directory
  const exited = run.exited.then(async (exit) => {
    await lock?.release();
    return exit;
  });
  const stop = async (): Promise<void> => {
    await run.stop();
    await exited;
  };
  return {
    ...rest,
    name,
    endpoint,
    // DynamoDB Local takes only letters and digits in an access key
    clientConfig: {
      endpoint,
      region: ENGINE_REGION,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    },
    exited,
    stop,
    close: stop,
    [Symbol.asyncDispose]: stop,
  };
}

function stopOnAbort({ stop, exited }: Engine, signal: AbortSignal | undefined): void {
  const onAbort = () => void stop();
  signal?.addEventListener("abort", onAbort, { once: true });
  void exited.then(() => signal?.removeEventListener("abort", onAbort));
}
