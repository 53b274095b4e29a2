import { expect, test } from "vitest";
import {
  MAPPING_INPUTS,
  MAPPING_STATES,
  MAPPING_TRANSITIONS,
  nextState,
} from "../../../src/event-source-mapping/mapping-state.ts";

const pairs = MAPPING_STATES.flatMap((state) => MAPPING_INPUTS.map((input) => ({ state, input })));

test.each(pairs)(
  "a mapping that is $state and is told $input has one next state, or says that it cannot be",
  (pair) => {
    const { state, input } = pair;
    const next = MAPPING_TRANSITIONS[state][input];
    if (next === "impossible")
      expect(() => nextState(state, input)).toThrow(`A mapping that is ${state} cannot be told`);
    else expect(nextState(state, input)).toBe(next);
  },
);

test("every mapping can be stopped and can fail until it has ended, and ends once", () => {
  const reachable = new Set<string>();
  const visit = (state: (typeof MAPPING_STATES)[number]) => {
    if (reachable.has(state)) return;
    reachable.add(state);
    for (const input of MAPPING_INPUTS) {
      const next = MAPPING_TRANSITIONS[state][input];
      if (next !== "impossible") visit(next);
    }
  };
  visit("running");
  expect(reachable).toEqual(new Set(MAPPING_STATES));
  for (const state of ["running", "waiting", "stopping"] as const) expect(nextState(state, "fail")).toBe("failing");
  expect([nextState("stopping", "ended"), nextState("failing", "ended")]).toEqual(["stopped", "failed"]);
  expect([nextState("stopped", "stop"), nextState("failed", "stop")]).toEqual(["stopped", "failed"]);
});
