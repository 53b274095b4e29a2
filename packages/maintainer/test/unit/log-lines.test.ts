import { describe, expect, it } from "vitest";
import { logLineOf } from "../../src/log-lines.ts";
import type { Findings } from "../../src/repair/findings.ts";

const crowd = (total: number) => Array.from({ length: total }, (_, i) => `model-${i}`);
const NOTHING: Findings = {
  missing: [],
  orphaned: [],
  added: [],
  removed: [],
  dropped: [],
  leftovers: [],
  unrepaired: [],
};
const detailsOf = (findings: Partial<Findings>) =>
  logLineOf({ kind: "reconciled", registry: "resources", scope: "t1", findings: { ...NOTHING, ...findings } })?.details;

describe("the log line of reconciled names", () => {
  it("lists what was decided", () => {
    expect(detailsOf({ added: ["a"], dropped: ["b"] })).toEqual({
      registry: "resources",
      scope: "t1",
      added: ["a"],
      removed: [],
      dropped: ["b"],
    });
  });

  it("lists the first 20 names and says how many more there are", () => {
    expect(detailsOf({ added: crowd(20), removed: crowd(1_000) })).toEqual({
      registry: "resources",
      scope: "t1",
      added: crowd(20),
      removed: crowd(20),
      dropped: [],
      more: { removed: 980 },
    });
  });

  it("cuts long names, and lists no more than 8 KB of them", () => {
    const long = crowd(20).map((name) => `${name}${"\u0001".repeat(500)}`);
    const { added, more } = detailsOf({ added: long }) as { added: string[]; more: object };
    expect(added[0]).toBe(`model-0${"\u0001".repeat(249)}…`);
    expect(Buffer.byteLength(JSON.stringify(added))).toBeLessThanOrEqual(8 * 1_024 + 2);
    expect([added.length, more]).toEqual([5, { added: 15 }]);
  });

  it("is none where nothing was decided, for that has lines of its own", () => {
    expect(detailsOf({ missing: ["a"] })).toBeUndefined();
  });
});

it("the log line of a group of names has their number, the first of them, and the cause", () => {
  const error = new Error("down");
  const first = [{ registry: "resources", scope: "t1", name: "x".repeat(300) }];
  expect(logLineOf({ kind: "repair-failed", names: { count: 9, first, error } })).toEqual({
    level: "warn",
    message: "Could not repair names; their records are retried",
    details: { count: 9, names: [{ registry: "resources", scope: "t1", name: `${"x".repeat(256)}…` }], error },
  });
});
