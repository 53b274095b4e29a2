import { get } from "node:http";
import { LOOPBACK_HOST, MAX_PORT_ATTEMPTS } from "./constants.ts";
import type { EngineProgram } from "./engine-kind.ts";
import { EngineStartError, PortInUseError } from "./errors.ts";
import { freePort } from "./free-port.ts";
import { GuardedProcess } from "./guarded-process.ts";
import type { ResolvedOptions } from "./options.ts";

/** What an engine says once it listens. Its own words cannot be those of another program on the same port. */
const LISTENING = /listening on http/;

/** What the engines, and Java, say when the port is taken. */
const PORT_TAKEN = /already in use|BindException/;

/** An engine that answers. */
export interface Launched {
  readonly child: GuardedProcess;
  readonly port: number;
}

/** What of the options concerns the engine's process. */
export type LaunchOptions = Pick<ResolvedOptions, "signal" | "startTimeoutMs" | "dbPath" | "heapMb"> & {
  /** Undefined for a free one. */
  readonly port: number | undefined;
};

/** Runs an engine and waits until it answers. A free port that another program takes meanwhile is replaced. */
export async function launch(installed: EngineProgram, options: LaunchOptions): Promise<Launched> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    try {
      return { child: await launchOn(port, installed, options), port };
    } catch (error) {
      const isLost = error instanceof PortInUseError && options.port === undefined;
      if (!isLost || attempt === MAX_PORT_ATTEMPTS) throw error;
    }
  }
}

async function launchOn(port: number, installed: EngineProgram, options: LaunchOptions): Promise<GuardedProcess> {
  const { engine: name } = installed;
  const { signal, startTimeoutMs, dbPath, heapMb } = options;
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(startTimeoutMs);
  const limit = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);

  const child = new GuardedProcess(installed.command({ port, dbPath, heapMb }));
  const outcome = await Promise.race([
    child.wrote(LISTENING).then(() => answer(port, limit)),
    child.exited,
    new Promise((resolve) => limit.addEventListener("abort", resolve, { once: true })),
  ]).catch((error: Error) => error);
  if (outcome === "answered" && child.pid !== undefined && !limit.aborted) return child;

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

/** One request without credentials: any answer to it is one. */
function answer(port: number, signal: AbortSignal): Promise<"answered"> {
  return new Promise((resolve, reject) => {
    // no agent: it would keep the connection, and the engine would wait for that when it is stopped
    const request = get({ host: LOOPBACK_HOST, port, agent: false, signal }, (response) => {
      response.resume().once("close", () => resolve("answered"));
    });
    request.once("error", reject);
  });
}
