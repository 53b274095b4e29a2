import type { EngineClientConfig } from "@rollcall/local";
import { SEED } from "./chances.ts";
import type { Ledger, WriteLine } from "./ledger.ts";
import { Program, spawnProgram } from "./program.ts";

/** The names a producer writes: with the registry, as many items as one transaction can read. */
export const PRODUCER_NAMES: readonly string[] = Array.from({ length: 96 }, (_, i) => `model-${i}`);

/** What a producer starts with. */
export interface ProducerSetup {
  clientConfig: EngineClientConfig;
  tableName: string;
  names: readonly string[];
  seed: number;
  /** The number of its first write. */
  first: number;
}

/** Starts a producer that resumes where another was killed, and whose writes the ledger keeps. */
export function startProducer(clientConfig: EngineClientConfig, tableName: string, ledger: Ledger): Program<WriteLine> {
  const first = ledger.last + 1;
  const setup: ProducerSetup = { clientConfig, tableName, names: PRODUCER_NAMES, seed: SEED + first, first };
  return new Program(spawnProgram(new URL("./producer.ts", import.meta.url), setup), ledger.hear);
}
