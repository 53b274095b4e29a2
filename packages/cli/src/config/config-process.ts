import module from "node:module";
import { pathToFileURL } from "node:url";
import { answer } from "../subprocess/answer.ts";
import type { ConfigFile, FromConfig } from "./import-in-process.ts";

// `npm init -y` writes "type": "commonjs", and Node then takes TypeScript for CommonJS, which no TypeScript is written in. Before
// 22.15 Node has no such hooks; the error says what to do there.
module.registerHooks?.({
  load: (url, context, next) =>
    next(url, context.format === "commonjs-typescript" ? { ...context, format: "module-typescript" } : context),
});

// Imports one configuration. It is data, so a copy is all that is needed of it.
answer(async ({ file }: ConfigFile): Promise<FromConfig> => {
  const { default: value } = (await import(pathToFileURL(file).href)) as { default?: unknown };
  try {
    return { kind: "loaded", value: structuredClone(value) };
  } catch (error) {
    return { kind: "no-data", message: (error as Error).message };
  }
});
