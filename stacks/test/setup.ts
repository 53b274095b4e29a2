import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { prepare } from "../prepare.ts";
import type { GraphData } from "./harness/graph.ts";
import { OUTPUT, synth } from "./harness/synth.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The app of the stage `production` with a table of its own. */
    production: GraphData;
  }
}

/** What the stacks are tested with: SST's components, the handlers as they are compiled, and what most tests look at. */
export default async function setup(project: TestProject): Promise<void> {
  prepare();
  rmSync(OUTPUT, { recursive: true, force: true });
  project.provide("production", (await synth({ stage: "production" })).data);
}
