import { createRequire } from "node:module";
import path from "node:path";
import { LOOPBACK_HOST } from "./constants.ts";
import type { EngineKind } from "./engine-kind.ts";

const require = createRequire(import.meta.url);

/** dynoxide: one binary, started in milliseconds. https://github.com/nubo-db/dynoxide */
export const dynoxide: EngineKind = {
  name: "dynoxide",
  async find() {
    const packageName = `@dynoxide/${process.platform}-${process.arch}`;
    const file = findBinary(packageName);
    if (file === undefined) {
      return {
        engine: "dynoxide",
        available: false,
        reason: `its package ${packageName} is not installed`,
        remedy: `install it where there is one for this machine: npm install ${packageName}`,
      };
    }
    return {
      engine: "dynoxide",
      available: true,
      command: ({ port, dbPath }) => ({
        file,
        args: [
          ...["--host", LOOPBACK_HOST, "--port", String(port)],
          ...(dbPath === undefined ? [] : ["--db-path", path.join(dbPath, "dynoxide.sqlite")]),
        ],
      }),
    };
  },
};

function findBinary(packageName: string): string | undefined {
  try {
    return path.join(path.dirname(require.resolve(`${packageName}/package.json`)), "dynoxide");
  } catch {
    return undefined; // an optional dependency: npm leaves it out where it does not fit the machine
  }
}
