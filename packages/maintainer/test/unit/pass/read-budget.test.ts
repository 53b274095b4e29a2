import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadBudget } from "../../../src/pass/read-budget.ts";

const WINDOW_MS = 10_000;
const { signal } = new AbortController();

/** The most that was spent in any 10 seconds. */
function busiestWindow(spent: readonly { at: number; units: number }[]): number {
  const sums = spent.map(({ at }) =>
    spent.filter((other) => other.at >= at && other.at < at + WINDOW_MS).reduce((sum, { units }) => sum + units, 0),
  );
  return Math.max(0, ...sums);
}

describe("a read budget", () => {
  it("is kept within 10 % over any 10 seconds, and used", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10, max: 5_000 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.double({ min: 0.5, max: 1.4, noNaN: true }), { minLength: 1, maxLength: 10 }),
        async (rate, callers, errors) => {
          const clock = new VirtualClock();
          const budget = new ReadBudget(rate, clock);
          const spent: { at: number; units: number }[] = [];
          const spend = async () => {
            for (let turn = 0; clock.now() < 3 * WINDOW_MS; turn++) {
              const estimate = budget.burstUnits / 4;
              await budget.take(estimate, signal);
              const units = estimate * (errors[turn % errors.length] ?? 1);
              spent.push({ at: clock.now(), units });
              budget.charge(estimate, units);
            }
          };
          await Promise.all(Array.from({ length: callers }, spend));
          expect(busiestWindow(spent)).toBeLessThanOrEqual(1.1 * rate * 10);
          expect(busiestWindow(spent)).toBeGreaterThanOrEqual(0.9 * rate * 10);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("lets a large piece pass, and makes the next wait for it", async () => {
    const clock = new VirtualClock();
    const budget = new ReadBudget(10, clock);
    await budget.take(105, signal);
    expect(clock.now()).toBe(0);
    await budget.take(5, signal);
    expect(clock.now()).toBe(10_500);
  });

  it("serves callers in their order, and lets those go that abort", async () => {
    const clock = new VirtualClock();
    const budget = new ReadBudget(10, clock);
    const impatient = new AbortController();
    await budget.take(5, signal);
    const order: string[] = [];
    const waiting = [
      budget.take(5, impatient.signal).catch(() => order.push("aborted")),
      budget.take(1, signal).then(() => order.push("second")),
      budget.take(1, signal).then(() => order.push("third")),
    ];
    impatient.abort();
    await Promise.all(waiting);
    expect(order).toEqual(["aborted", "second", "third"]);
    expect(clock.now()).toBe(200);
  });

  it("gives nothing to those that aborted before", async () => {
    const budget = new ReadBudget(10, new VirtualClock());
    await expect(budget.take(1, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });

  it("waits no longer for a request that is said to cost more than any does", async () => {
    const clock = new VirtualClock();
    const budget = new ReadBudget(1_000, clock);
    await budget.take(1, signal);
    budget.charge(1, 1e12);
    await budget.take(1, signal);
    expect(clock.now()).toBeGreaterThan(3_000);
    expect(clock.now()).toBeLessThan(5_000);
  });

  it("without a limit never waits", async () => {
    const clock = new VirtualClock();
    const budget = new ReadBudget(Number.POSITIVE_INFINITY, clock);
    for (let turn = 0; turn < 100; turn++) {
      await budget.take(1_000, signal);
      budget.charge(1_000, 5_000);
    }
    expect(clock.now()).toBe(0);
  });
});
