import { expect, it } from "vitest";
import type { Setting } from "../../src/plan/setting.ts";
import { simulate } from "../../src/simulate.ts";
import { SETTING } from "../regressions/histories.ts";

/** A registry of 6 read units, and sweeps that earn 4 a second for a second, and 2 to begin with. */
const SHORT: Partial<Setting> = {
  backlog: { count: 60, nameBytes: [400, 400], ballastBytes: 0, isListed: true },
  passes: { segments: 1, unitsPerSecond: 4, invocationMs: 6_000 },
};

it("a sweep whose means pay for no step says so each time, and ends once the settings that it names are raised", async () => {
  const plan = { seed: 1, setting: { ...SETTING, ...SHORT }, steps: [] };
  const { violations, history } = await simulate(plan, { keepsHistory: true });
  expect(violations, history.join("\n")).toEqual([]);
  const said = history.filter((line) => /sweep\d+\.\d+: time-up, and came no further$/.test(line));
  expect(said.length).toBeGreaterThanOrEqual(3);
  expect(history.join("\n")).toMatch(/its owner reads the log.*higher\n(.*\n)*.*sweep\d+\.\d+: completed/);
});
