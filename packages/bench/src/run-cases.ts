import type { EngineName } from "@rollcall/local";
import { systemClock } from "@rollcall/registry/protocol";
import type { Mode } from "./bench.ts";
import { CASES } from "./cases/cases.ts";
import { Lab } from "./measuring/lab.ts";
import type { CaseName, Measurement } from "./measuring/measurement.ts";

/** What is to be run. */
export interface RunPlan {
  readonly mode: Mode;
  readonly seed: number;
  readonly engines: readonly EngineName[];
  readonly cases: readonly CaseName[];
}

/** Runs cases on engines, one after the other, and hands out every measurement as soon as there is one. */
export async function* runCases({ mode, seed, engines, cases }: RunPlan): AsyncGenerator<Measurement> {
  for (const engine of engines) {
    await using shared = mode === "quick" ? await Lab.start(engine) : undefined;
    const openLab = async () => (shared ? Lab.on(shared.engine) : await Lab.start(engine));
    for (const name of cases) {
      for await (const row of CASES[name]({ engine, mode, seed, clock: systemClock, openLab })) {
        yield { case: name, engine, ...row };
      }
    }
  }
}
