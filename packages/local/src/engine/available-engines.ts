import { dynamodbLocal } from "./dynamodb-local.ts";
import { dynoxide } from "./dynoxide.ts";
import type { EngineName } from "./engine.ts";
import type { EngineKind, InstalledEngine, MissingEngine } from "./engine-kind.ts";
import { EngineUnavailableError } from "./errors.ts";
import { memory } from "./memory.ts";

/** Whether an engine can run on this machine and, where it cannot, why not and what to do about it. */
export type EngineAvailability = { engine: EngineName; available: true } | MissingEngine;

/** Every engine, in the order in which `"auto"` tries them. */
export const ENGINE_KINDS: readonly EngineKind[] = [dynoxide, memory, dynamodbLocal];

/**
 * Says for each engine whether it can run on this machine, so that a test suite can say what it leaves out and why.
 *
 * @example
 * ```ts
 * import { availableEngines } from "@rollcall/local";
 *
 * for (const found of await availableEngines()) {
 *   console.log(found.engine, found.available ? "can run" : `cannot: ${found.reason}; ${found.remedy}`);
 * }
 * ```
 */
export async function availableEngines(): Promise<EngineAvailability[]> {
  const found = await Promise.all(ENGINE_KINDS.map((kind) => look(kind)));
  return found.map((engine) => (engine.available ? { engine: engine.engine, available: true } : engine));
}

/** The engine asked for, or with `"auto"` the first one that can run. */
export async function findEngine(
  wanted: "auto" | EngineName,
  kinds: readonly EngineKind[],
  signal?: AbortSignal,
): Promise<InstalledEngine> {
  const missing: MissingEngine[] = [];
  for (const kind of kinds.filter(({ name }) => wanted === "auto" || wanted === name)) {
    const found = await look(kind, signal);
    if (found.available) return found;
    missing.push(found);
  }
  throw new EngineUnavailableError(missing);
}

async function look(kind: EngineKind, signal?: AbortSignal): Promise<InstalledEngine | MissingEngine> {
  const found = await kind.find(signal);
  if (process.platform !== "win32" || "start" in found) return found;
  return {
    engine: kind.name,
    available: false,
    reason: "it is started and guarded by /bin/sh, which Windows has not",
    remedy: "run this in the Windows Subsystem for Linux, or take the engine memory",
  };
}
