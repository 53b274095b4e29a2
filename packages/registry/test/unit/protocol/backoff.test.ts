import { ContentionError } from "@rollcall/registry";
import { conditionFailed, conflict, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { describe, expect, it } from "vitest";
import { Backoff, retryRefused } from "../../../src/protocol/backoff.ts";

const cause = new Error("busy");

it("Backoff waits to the very end of the contention time-out, and not beyond", async () => {
  const clock = new VirtualClock();
  const backoff = new Backoff({ clock, random: () => 1, contentionTimeoutMs: 75 });
  await backoff.wait(cause);
  await backoff.wait(cause);
  expect(clock.slept).toEqual([25, 50]);
  const error = await backoff.wait(cause).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ContentionError);
  expect(error).toMatchObject({ attempts: 3, elapsedMs: 75, cause });
});

it("Backoff counts time from the first refusal, not from its making", async () => {
  const clock = new VirtualClock();
  const backoff = new Backoff({ clock, random: () => 1, contentionTimeoutMs: 25 });
  await clock.sleep(1_000);
  await backoff.wait(cause);
  expect(clock.slept).toEqual([1_000, 25]);
});

it("Backoff gives the signal to the clock", async () => {
  const backoff = new Backoff({ clock: new VirtualClock(), random: () => 0, contentionTimeoutMs: 25 });
  await expect(backoff.wait(cause, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});

describe("retryRefused", () => {
  /** Sends that are refused by these errors, one after the other, and then succeed; and what each was told. */
  function sendAfter(...errors: Error[]) {
    const told: string[] = [];
    const send = async (earlier: string): Promise<string> => {
      told.push(earlier);
      const error = errors.shift();
      if (error !== undefined) throw error;
      return "done";
    };
    return { told, send };
  }
  const policy = () => ({ clock: new VirtualClock(), random: () => 1, contentionTimeoutMs: 100 });

  it("retries conflicts and throttling, and tells each attempt what is known of those before", async () => {
    const inDoubt = Object.assign(conflict(), { $metadata: { attempts: 2 } });
    const { told, send } = sendAfter(conflict(), serviceError("ThrottlingException", ""), inDoubt);
    expect(await retryRefused({ ...policy(), contentionTimeoutMs: 1_000 }, send)).toBe("done");
    expect(told).toEqual(["not-written", "not-written", "not-written", "unknown"]);
  });

  it("rejects with any other error, and after the policy's time", async () => {
    const error = conditionFailed();
    await expect(retryRefused(policy(), sendAfter(error).send)).rejects.toBe(error);
    const all = Array.from({ length: 9 }, conflict);
    await expect(retryRefused(policy(), sendAfter(...all).send)).rejects.toMatchObject({ outcome: "not-written" });
    const last = Object.assign(conflict(), { $metadata: { attempts: 3 } });
    await expect(retryRefused(policy(), sendAfter(last, ...all).send)).rejects.toMatchObject({ outcome: "unknown" });
  });

  it("ends with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(retryRefused(policy(), sendAfter(conflict()).send, signal)).rejects.toThrow("enough");
  });
});
