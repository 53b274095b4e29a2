import { setTimeout } from "node:timers/promises";
import { ResourceNotFoundError, ResourceRegistry } from "@rollcall/registry";
import * as fc from "fast-check";
import type { WriteLine } from "./ledger.ts";
import type { ProducerSetup } from "./start-producer.ts";

/*
 * A program that sets, updates and deletes defaults at random until it is killed. Each lane has names of its own and
 * one write at a time, and says what became of it before it sends the next: what is in a pipe survives its writer.
 */
const LANES = 6;
const STEPS = 500;
/** Milliseconds between attempts while there is no engine, which starts faster the less it is asked. */
const PAUSE_MS = 50;

const { clientConfig, tableName, names, seed, first }: ProducerSetup = JSON.parse(process.argv[2] ?? "");
const registry = new ResourceRegistry({ tableName, clientConfig });
let next = first;

const say = (line: WriteLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function carryOut({ kind, name }: { kind: "set" | "update" | "delete"; name: string }): Promise<void> {
  const write = next++;
  const line = { write, name, leaves: kind === "delete" ? 0 : write };
  const limits = [{ name: "rpm", capacity: write }];
  say({ ...line, outcome: "sent" });
  try {
    if (kind === "set") await registry.setResourceDefaults(name, limits);
    if (kind === "update") await registry.updateResourceDefaults(name, limits);
    if (kind === "delete") await registry.deleteResourceDefaults(name);
    say({ ...line, outcome: "acknowledged" });
  } catch (error) {
    const isRefused = error instanceof ResourceNotFoundError;
    say({ ...line, outcome: isRefused ? "refused" : "failed" });
    if (!isRefused) await setTimeout(PAUSE_MS);
  }
}

async function runLane(lane: number): Promise<never> {
  const step = fc.record({
    kind: fc.constantFrom("set", "set", "update", "delete"),
    name: fc.constantFrom(...names.filter((_, i) => i % LANES === lane)),
  });
  const steps = fc.sample(fc.noBias(step), { numRuns: STEPS, seed: seed + lane });
  for (;;) for (const { kind, name } of steps) await carryOut({ kind, name });
}

await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)));
