import { mkdir } from "node:fs/promises";
import { get } from "node:http";
import { ENGINE_KINDS, findEngine } from "./available-engines.ts";
import { LOOPBACK_HOST, MAX_PORT_ATTEMPTS } from "./constants.ts";
import type { Engine } from "./engine.ts";
import type { EngineKind, InstalledEngine } from "./engine-kind.ts";
import { EngineStartError, InvalidEngineOptionError, PortInUseError } from "./errors.ts";
import { freePort } from "./free-port.ts";
import { GuardedProcess } from "./guarded-process.ts";
import { type ResolvedOptions, resolveOptions, type StartEngineOptions } from "./options.ts";

/** What an engine says once it listens. Its own words cannot come from another program on the same port. */
const LISTENING = /listening on http/;

/** What the engines, and Java, say when the port is taken. */
const PORT_TAKEN = /already in use|BindException/;

/**
 * Starts an engine on 127.0.0.1 and waits until it answers. The engine ends with this program, whatever ends that.
 *
 * @throws {@link EngineUnavailableError} when no engine can run here; it says what to install
 * @throws {@link PortInUseError} when `port` is taken
 * @throws {@link EngineStartError} when the engine ends or does not answer in time, with what it wrote
 *
 * @example
 * ```ts
 * import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
 * import { startEngine } from "@rollcall/local";
 *
 * await using engine = await startEngine();
 * const client = new DynamoDBClient(engine.clientConfig);
 * console.log((await client.send(new ListTablesCommand({}))).TableNames); // []
 * client.destroy();
 * ```
 */
export async function startEngine(options: StartEngineOptions = {}): Promise<Engine> {
  return startEngineOf(ENGINE_KINDS, options);
}

/** {@link startEngine} with engines of one's own. */
export async function startEngineOf(kinds: readonly EngineKind[], options: StartEngineOptions): Promise<Engine> {
  const resolved = resolveOptions(options);
  resolved.signal?.throwIfAborted();
  const installed = await findEngine(resolved.engine, kinds, resolved.signal);
  if (resolved.dbPath !== undefined) await makeDirectory(resolved.dbPath);

  for (let attempt = 1; ; attempt++) {
    const port = resolved.port ?? (await freePort());
    try {
      return await startOn(port, installed, resolved);
    } catch (error) {
      if (!(error instanceof PortInUseError) || resolved.port !== undefined || attempt === MAX_PORT_ATTEMPTS)
        throw error;
    }
  }
}

async function makeDirectory(dbPath: string): Promise<void> {
  try {
    await mkdir(dbPath, { recursive: true });
  } catch (cause) {
    throw new InvalidEngineOptionError("dbPath", `${dbPath} cannot be made a directory`, { cause });
  }
}

async function startOn(port: number, installed: InstalledEngine, options: ResolvedOptions): Promise<Engine> {
  const { engine: name } = installed;
  const { signal, startTimeoutMs, dbPath, heapMb } = options;
  const endpoint = `http://${LOOPBACK_HOST}:${port}`;
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(startTimeoutMs);
  const limit = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);

  const child = new GuardedProcess(installed.command({ port, dbPath, heapMb }));
  const outcome = await Promise.race([
    child.wrote(LISTENING).then(() => answer(endpoint, limit)),
    child.exited,
    new Promise((resolve) => limit.addEventListener("abort", resolve, { once: true })),
  ]).catch((error: Error) => error);

  if (outcome === "answered" && child.pid !== undefined && !limit.aborted) {
    const stop = () => child.stop();
    const stopOnAbort = () => void stop();
    signal?.addEventListener("abort", stopOnAbort, { once: true });
    void child.exited.then(() => signal?.removeEventListener("abort", stopOnAbort));
    return {
      name,
      endpoint,
      // DynamoDB Local takes only letters and digits in an access key
      clientConfig: { endpoint, region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } },
      pid: child.pid,
      exited: child.exited,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  }

  await child.stop();
  signal?.throwIfAborted();
  if (deadline.aborted) {
    throw new EngineStartError(name, `did not answer within ${startTimeoutMs} ms`, child.output);
  }
  if (outcome instanceof Error) {
    throw new EngineStartError(name, "listened but did not answer", child.output, { cause: outcome });
  }
  const { code, signal: killedBy, output } = await child.exited;
  if (PORT_TAKEN.test(output)) throw new PortInUseError(port);
  throw new EngineStartError(name, `ended with ${killedBy ?? `status ${code}`} while it was being started`, output);
}

/** One request without credentials: whatever the engine says to it, it answers. */
function answer(endpoint: string, signal: AbortSignal): Promise<"answered"> {
  return new Promise((resolve, reject) => {
    // no agent: it would keep the connection, and the engine would wait for that when it is stopped
    const request = get(endpoint, { agent: false, signal }, (response) => {
      response.resume().once("close", () => resolve("answered"));
    });
    request.once("error", reject);
  });
}
