import { expect, it } from "vitest";
import { simulate } from "../../src/simulate.ts";
import { REGRESSIONS } from "../regressions/histories.ts";

it.each(REGRESSIONS)("the simulation keeps every promise where $name", async ({ plan }) => {
  const { violations, history } = await simulate(plan, { keepsHistory: true });
  expect(violations, history.join("\n")).toEqual([]);
});
