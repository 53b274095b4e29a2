import type { EngineKind, EngineSettings, MissingEngine } from "../src/engine/engine-kind.ts";

/** A program that does what is asked of every engine: it listens on the port, says so, and answers. */
const LISTENS = `
  require("node:http").createServer((_, response) => response.end()).listen(Number(process.argv[1]), "127.0.0.1", () =>
    console.log("listening on http://127.0.0.1:" + process.argv[1]));`;

/** An engine of Node code, by default one that works. It takes dynoxide's name. */
export function fakeEngine(code: string | ((settings: EngineSettings) => string) = LISTENS): EngineKind {
  return {
    name: "dynoxide",
    find: async () => ({
      engine: "dynoxide",
      available: true,
      command: (settings) => ({
        file: process.execPath,
        args: ["-e", typeof code === "string" ? code : code(settings), String(settings.port)],
      }),
    }),
  };
}

/** An engine that cannot run here. */
export function missingEngine(engine: MissingEngine["engine"], reason: string, remedy: string): EngineKind {
  return { name: engine, find: async () => ({ engine, available: false, reason, remedy }) };
}
