import module from "node:module";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { ConfigFile, FromConfig } from "./import-in-thread.ts";

/*
 * Imports one configuration in a thread of its own, which can be ended at any time. A configuration is
 * data, so a copy is all that is needed of it. What it throws ends the thread, which tells of it.
 */
const { file } = workerData as ConfigFile;

// `npm init -y` writes "type": "commonjs", and Node then takes TypeScript for CommonJS, which no TypeScript is written in. Before
// 22.15 Node has no such hooks; the error says what to do there.
module.registerHooks?.({
  load: (url, context, next) =>
    next(url, context.format === "commonjs-typescript" ? { ...context, format: "module-typescript" } : context),
});

const { default: value } = (await import(pathToFileURL(file).href)) as { default?: unknown };
try {
  parentPort?.postMessage({ kind: "loaded", value } satisfies FromConfig);
} catch (error) {
  parentPort?.postMessage({ kind: "no-data", message: (error as Error).message } satisfies FromConfig);
}
// What the module keeps open, such as a timer, is not waited for.
process.exit();
