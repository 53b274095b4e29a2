import { expect, it } from "vitest";
import { runGuarded } from "../../src/runner/guarded-process.ts";
import type { Misbehaviour } from "../processes/misbehaving-process.ts";

/** @param ms far more than a process takes to start, where its time is not what is tested */
function broken(kind: Misbehaviour["kind"], ms = 60_000) {
  const work: Misbehaviour = { kind };
  const module = new URL("../processes/misbehaving-process.ts", import.meta.url);
  return runGuarded({ module, work, limits: { ms, megabytes: 64 }, onMessage: () => {} });
}

it("runGuarded names the seed that hangs its process", async () => {
  expect(await broken("hangs", 3_000)).toEqual({ seed: 42, reason: "it has been running for more than 3 s" });
});

it("runGuarded names the seed that takes too much memory", { timeout: 70_000 }, async () => {
  expect(await broken("hoards")).toEqual({ seed: 42, reason: "it takes more than 64 MB" });
});

it("runGuarded names the seed in which the simulation itself failed, with the stack", { timeout: 70_000 }, async () => {
  const failure = await broken("throws");
  expect(failure?.seed).toBe(42);
  expect(failure?.reason).toMatch(/^the simulation itself failed: .*Error: A defect of the simulation\n +at /s);
});
