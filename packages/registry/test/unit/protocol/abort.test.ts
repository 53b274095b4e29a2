import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { allAborted, untilAborted, withOwnSignal } from "../../../src/protocol/abort.ts";

const reason = new Error("no longer wanted");
const never = new Promise<never>(() => {});
const listeners = (...signals: AbortSignal[]) => signals.flatMap((signal) => getEventListeners(signal, "abort"));

describe("untilAborted", () => {
  it("ends as its work does, and leaves no listener", async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve("done"), signal)).toBe("done");
    await expect(untilAborted(Promise.reject(reason), signal)).rejects.toBe(reason);
    expect(listeners(signal)).toEqual([]);
  });

  it("rejects with the signal's reason, be it aborted already or later", async () => {
    await expect(untilAborted(never, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = untilAborted(never, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(listeners(controller.signal)).toEqual([]);
  });
});

describe("untilAborted, many times on one signal,", () => {
  it("adds one listener, tells all of the abort, and leaves none", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const waits = Array.from({ length: 100 }, () => untilAborted(never, signal));
    expect(await untilAborted(Promise.resolve("done"), signal)).toBe("done");
    expect(listeners(signal)).toHaveLength(1);
    controller.abort(reason);
    expect(await Promise.allSettled(waits)).toEqual(Array(100).fill({ status: "rejected", reason }));
    expect(listeners(signal)).toEqual([]);
  });

  it("listens again after all have ended", async () => {
    const controller = new AbortController();
    await untilAborted(Promise.resolve(), controller.signal);
    const waiting = untilAborted(never, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

describe("withOwnSignal", () => {
  it("hands out a signal that clients may listen to at will, and lets go of the callers' when work ends", async () => {
    const controller = new AbortController();
    const result = withOwnSignal([controller.signal], async (signal) => {
      for (let i = 0; i < 20; i++) signal?.addEventListener("abort", () => {});
      expect(listeners(controller.signal)).toHaveLength(1);
      controller.abort(reason);
      return signal?.reason;
    });
    expect(await result).toBe(reason);
    expect(listeners(controller.signal)).toEqual([]);
    await expect(withOwnSignal([controller.signal], () => Promise.reject(reason))).rejects.toBe(reason);
  });
});

describe("allAborted", () => {
  it("aborts with the first signal's reason once all have, and not before", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const { signal } = allAborted([one.signal, other.signal, one.signal]);
    other.abort(new Error("another"));
    expect(signal?.aborted).toBe(false);
    one.abort(reason);
    expect(signal).toMatchObject({ aborted: true, reason });
  });

  it("is aborted from the start where all were", () => {
    expect(allAborted([AbortSignal.abort(reason)]).signal).toMatchObject({ aborted: true, reason });
  });

  it("is no signal where one caller cannot abort, or there is none", () => {
    expect(allAborted([AbortSignal.abort(), undefined]).signal).toBeUndefined();
    expect(allAborted([]).signal).toBeUndefined();
  });

  it("leaves no listener when it is released", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const { release } = allAborted([one.signal, other.signal]);
    expect(listeners(one.signal, other.signal)).toHaveLength(2);
    release();
    expect(listeners(one.signal, other.signal)).toEqual([]);
  });
});
