import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { describe, expect, it } from "vitest";
import { timeLeftMs, watchTime } from "../../../src/stream/time-left.ts";

const contextOf = (ms: unknown) => ({ getRemainingTimeInMillis: () => ms });

describe("timeLeftMs", () => {
  it.each([
    [30_000, 30_000],
    [0, 0],
    [-5, 0],
    [2 ** 31, 2 ** 31],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.NaN, undefined],
    ["30000", undefined],
    [undefined, undefined],
  ])("of a context that tells %s is %s", (told, ms) => {
    expect(timeLeftMs(contextOf(told))).toBe(ms);
  });

  it.each([
    ["no context", undefined],
    ["null", null],
    ["a context without the function", {}],
    [
      "a function that throws",
      {
        getRemainingTimeInMillis() {
          throw new Error("no");
        },
      },
    ],
  ])("of %s is unknown", (_, context) => {
    expect(timeLeftMs(context)).toBeUndefined();
  });
});

describe("watchTime", () => {
  it("ends the work a second before the time-out, and the wait for it half a second before", async () => {
    const clock = new VirtualClock();
    const { signal, passed } = watchTime(30_000, clock);
    let endedAt: number | undefined;
    signal.addEventListener("abort", () => {
      endedAt = clock.now();
    });
    await passed;
    expect([endedAt, clock.now()]).toEqual([29_000, 29_500]);
    expect(signal.reason).toEqual(new Error("the function's time was up after 29000 ms"));
  });

  it.each([
    [700, 200],
    [400, 0],
    [0, 0],
  ])(
    "ends the work immediately where less than a second is left, and with %d ms the wait after %d",
    async (left, ms) => {
      const clock = new VirtualClock();
      const { signal, passed } = watchTime(left, clock);
      signal.addEventListener("abort", () => expect(clock.now()).toBe(0));
      await passed;
      expect(clock.now()).toBe(ms);
    },
  );

  it("sets no timer where the time is unknown, and leaves none behind", () => {
    const slept: (AbortSignal | undefined)[] = [];
    const clock = {
      now: () => 0,
      sleep: (_: number, signal?: AbortSignal) => {
        slept.push(signal);
        return Promise.withResolvers<void>().promise;
      },
    };
    watchTime(undefined, clock).end();
    expect(slept).toEqual([]);
    watchTime(5_000, clock).end();
    expect(slept.map((signal) => signal?.aborted)).toEqual([true]);
  });
});
