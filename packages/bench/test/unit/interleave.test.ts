import { expect, it } from "vitest";
import { interleave } from "../../src/measuring/interleave.ts";

it("interleave takes the ways in turn, times only their work, and forgets the first round", async () => {
  let now = 0;
  const calls: string[] = [];
  const way = (name: string, ms: number) => ({
    way: name,
    async reset(round: number) {
      calls.push(`reset ${name}${round}`);
      now += 1_000;
    },
    async run(round: number) {
      calls.push(`${name}${round}`);
      now += ms * (round + 1);
    },
  });
  const times = await interleave([way("a", 1), way("b", 5)], { rounds: 2, clock: { now: () => now } });
  expect(calls.filter((call) => !call.startsWith("reset"))).toEqual(["a0", "b0", "a1", "b1", "a2", "b2"]);
  expect(calls.indexOf("reset b1")).toBe(calls.indexOf("b1") - 1);
  expect(times.get("a")).toMatchObject({ ms: { low: 2.25, median: 2.5, samples: 2 }, ratio: { median: 1 } });
  expect(times.get("b")).toMatchObject({ ms: { low: 11.25, median: 12.5, samples: 2 }, ratio: { median: 5 } });
});
