import path from "node:path";
import { startMemoryDynamoDB } from "@rollcall/memory-dynamodb";
import { ENGINE_REGION } from "./constants.ts";
import type { EngineExit } from "./engine.ts";
import type { EngineKind, EngineRun, InProcessSettings } from "./engine-kind.ts";
import { EngineStartError, PortInUseError } from "./errors.ts";
import { refusalOf } from "./request-guard.ts";

/** The DynamoDB in memory: in this process, started in milliseconds, on every platform. */
export const memory: EngineKind = {
  name: "memory",
  async find() {
    return { engine: "memory", available: true, start };
  },
};

async function start({ port, dbPath, guard }: InProcessSettings): Promise<EngineRun> {
  const dynamodb = await startMemoryDynamoDB({
    port,
    region: ENGINE_REGION,
    file: dbPath && path.join(dbPath, "memory.log"),
    // it needs no server before it: it is one, and asks before it reads a body
    refuse: guard ? (request) => refusalOf(request, request.socket.localPort ?? 0) : undefined,
  }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EADDRINUSE" && port !== undefined) throw new PortInUseError(port, { cause });
    throw new EngineStartError("memory", `could not be started: ${cause.message}`, "", { cause });
  });
  const { promise: exited, resolve } = Promise.withResolvers<EngineExit>();
  return {
    port: dynamodb.port,
    pid: process.pid,
    clock: dynamodb.clock,
    splitShard: dynamodb.splitShard,
    fail: dynamodb.fail,
    exited,
    async stop() {
      await dynamodb.stop();
      resolve({ code: 0, signal: null, output: "" });
    },
  };
}
