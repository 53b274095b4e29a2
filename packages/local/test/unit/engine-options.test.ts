import path from "node:path";
import { InvalidEngineOptionError, type StartEngineOptions, startEngine } from "@rollcall/local";
import { expect, test } from "vitest";
import { DEFAULT_HEAP_MB, DEFAULT_START_TIMEOUT_MS } from "../../src/engine/constants.ts";
import { resolveOptions } from "../../src/engine/options.ts";

test("engine options have defaults", () => {
  expect(resolveOptions({})).toEqual({
    engine: "auto",
    port: undefined,
    dbPath: undefined,
    heapMb: DEFAULT_HEAP_MB,
    startTimeoutMs: DEFAULT_START_TIMEOUT_MS,
    guard: true,
    signal: undefined,
  });
});

test("a relative dbPath is meant from the working directory at the time of the call", () => {
  expect(resolveOptions({ dbPath: "tables" }).dbPath).toBe(path.join(process.cwd(), "tables"));
});

test.for([
  [
    { prot: 8000 },
    "Invalid option prot: there is no such option; there are engine, port, dbPath, heapMb, startTimeoutMs, guard and signal.",
  ],
  [{ engine: "dynalite" }, 'Invalid option engine: "dynalite" is not auto, dynoxide, memory or dynamodb-local.'],
  [{ port: 0 }, "Invalid option port: 0 is not a whole number from 1 to 65535."],
  [{ port: 65_536 }, "Invalid option port: 65536 is not a whole number from 1 to 65535."],
  [{ port: 80.5 }, "Invalid option port: 80.5 is not a whole number from 1 to 65535."],
  [{ port: Number.NaN }, "Invalid option port: NaN is not a whole number from 1 to 65535."],
  [{ dbPath: "" }, "Invalid option dbPath: it is empty; leave it out to keep tables in memory."],
  [{ heapMb: 8 }, "Invalid option heapMb: 8 is not a whole number from 64 to 1048576."],
  [{ guard: "no" }, 'Invalid option guard: "no" is neither true nor false.'],
  [{ startTimeoutMs: 0 }, "Invalid option startTimeoutMs: 0 is not a whole number from 1 to 2147483647."],
] as const)("startEngine refuses %o", async ([options, message]) => {
  const error = await startEngine(options as StartEngineOptions).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidEngineOptionError);
  expect(error).toMatchObject({ code: "INVALID_ENGINE_OPTION", option: Object.keys(options)[0], message });
});
