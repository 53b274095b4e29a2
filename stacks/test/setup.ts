import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { prepare } from "../prepare.ts";
import type { GraphData } from "./harness/graph.ts";
import { OUTPUT, synth } from "./harness/synth.ts";
import { DEVICES } from "./tables.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The app of the stage `production` with a table of its own. */
    production: GraphData;
    /** The same for {@link DEVICES}, which its configuration names. */
    devices: GraphData;
  }
}

/** What the stacks are tested with: SST's components, the handlers as they are compiled, and what most tests look at. */
export default async function setup(project: TestProject): Promise<void> {
  prepare();
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(OUTPUT, { recursive: true });
  const config = path.join(OUTPUT, "rollcall.config.mjs");
  writeFileSync(config, `export default ${JSON.stringify({ registries: [DEVICES] })};\n`);
  const [production, devices] = await Promise.all([
    synth({ stage: "production" }),
    synth({ stage: "devices", environment: { ROLLCALL_CONFIG: config } }),
  ]);
  project.provide("production", production.data);
  project.provide("devices", devices.data);
}
