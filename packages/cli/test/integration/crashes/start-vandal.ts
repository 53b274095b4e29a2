import type { EngineClientConfig } from "@rollcall/local";
import { SEED } from "./chances.ts";
import { Program, spawnProgram } from "./program.ts";

/** Names of which no producer knows. */
const VANDAL_NAMES: readonly string[] = Array.from({ length: 12 }, (_, i) => `stray-${i}`);

/** What a vandal starts with. */
export interface VandalSetup {
  clientConfig: EngineClientConfig;
  tableName: string;
  names: readonly string[];
  seed: number;
}

/** What a vandal says when it has broken something. */
export interface VandalLine {
  drift: string;
}

/** Starts a writer that breaks the registry all the time; it leaves the defaults of producers alone. */
export function startVandal(clientConfig: EngineClientConfig, tableName: string): Program<VandalLine> {
  const setup: VandalSetup = { clientConfig, tableName, names: VANDAL_NAMES, seed: SEED };
  return new Program(spawnProgram(new URL("./vandal.ts", import.meta.url), setup));
}
