import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import path from "node:path";
import type { ExistingTable } from "../../table-fit.ts";
import { Graph, type GraphData } from "./graph.ts";

/** What an app is evaluated with. */
export interface SynthOptions {
  stage: string;
  /** Path of the configuration from the project's root. Default `sst.config.ts`. */
  config?: string;
  /** Whether it is for `sst dev`. Default: for `sst deploy`. */
  dev?: boolean;
  /** Tables that the account has. */
  tables?: ExistingTable[];
  /** The stage's environment, as `.env.<stage>` would set it. */
  environment?: Record<string, string>;
}

/** Where bundles go: below the root, so that bundles find the AWS SDK as they find it in Lambda. */
export const OUTPUT = path.resolve(import.meta.dirname, "../../../node_modules/.cache/stacks");

/**
 * Evaluates the app of a stage, without an account and without the network.
 *
 * It does not verify what only AWS knows: whether the provider and AWS accept the values, whether IAM lets the requests
 * pass, what a change of what is deployed already would do.
 */
export async function synth(options: SynthOptions): Promise<Graph> {
  mkdirSync(OUTPUT, { recursive: true });
  const output = mkdtempSync(path.join(OUTPUT, `${options.stage}-`));
  const withDefaults = { config: "sst.config.ts", dev: false, tables: [], output, ...options };
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const child = fork(path.join(import.meta.dirname, "evaluate-app.ts"), [JSON.stringify(withDefaults)], {
    execArgv: [],
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...options.environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  const message = await new Promise<{ graph?: GraphData; error?: string }>((resolve, reject) => {
    child.on("message", resolve);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the evaluation ended with ${code} and no result:\n${said}`)));
  });
  if (message.graph === undefined) throw new Error(message.error);
  return new Graph(message.graph);
}
