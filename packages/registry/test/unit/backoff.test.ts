import { ContentionError } from "@rollcall/registry";
import { expect, it } from "vitest";
import { Backoff } from "../../src/protocol/backoff.ts";
import { VirtualClock } from "./virtual-clock.ts";

const cause = new Error("busy");

it("waits to the very end of the contention time-out, and not beyond", async () => {
  const clock = new VirtualClock();
  const backoff = new Backoff({ clock, random: () => 1, contentionTimeoutMs: 75 });
  await backoff.wait(cause);
  await backoff.wait(cause);
  expect(clock.slept).toEqual([25, 50]);
  const error = await backoff.wait(cause).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ContentionError);
  expect(error).toMatchObject({ attempts: 3, elapsedMs: 75, cause });
});

it("counts time from the first refusal, not from its making", async () => {
  const clock = new VirtualClock();
  const backoff = new Backoff({ clock, random: () => 1, contentionTimeoutMs: 25 });
  await clock.sleep(1_000);
  await backoff.wait(cause);
  expect(clock.slept).toEqual([1_000, 25]);
});

it("gives the signal to the clock", async () => {
  const backoff = new Backoff({ clock: new VirtualClock(), random: () => 0, contentionTimeoutMs: 25 });
  await expect(backoff.wait(cause, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});
