import type { RegistryReport } from "@rollcall/maintainer";
import { describe, expect, it } from "vitest";
import { auditLines, repairLines } from "../../src/pass/report-lines.ts";
import { textOf } from "../../src/terminal/line.ts";

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

const report: RegistryReport = {
  registry: "resources",
  scope: null,
  registered: 1_234,
  defaults: 2_000,
  missing: names("missing", 1_021),
  orphaned: names("orphaned", 20),
  malformed: 0,
  legacyLimits: 0,
  added: names("missing", 21),
  removed: [],
  leftovers: [],
  unrepaired: [{ name: "x\n", reason: "no\nroom" }],
};

describe("auditLines", () => {
  it("shows 20 names of each list and how many more, and says how to see every one", () => {
    const lines = auditLines("table t", report, false).map(textOf);
    expect(lines[0]).toBe("table t: 2,000 defaults, 1,234 registered; 1,021 missing, 20 orphaned");
    expect(lines).toHaveLength(1 + 21 + 20);
    expect(lines[20]).toBe("  missing    missing-19");
    expect(lines[21]).toBe("  missing    and 1,001 more: --all shows every one");
    expect(lines.at(-1)).toBe("  orphaned   orphaned-19");
  });

  it("shows every name where all are asked for", () => {
    const lines = auditLines("table t", report, true).map(textOf);
    expect(lines).toHaveLength(1 + 1_021 + 20);
    expect(lines.join("\n")).not.toContain("--all");
  });
});

describe("repairLines", () => {
  it("colors what was repaired and what was not, and keeps each in one line", () => {
    const lines = repairLines("table t", report, false, false);
    expect(lines[0]).toBe("table t: added 21 names, removed 0, 1 not repaired");
    expect(lines.at(1)).toEqual({ style: "repair", text: "  added        missing-0" });
    expect(lines.at(-1)).toEqual({
      style: "failure",
      text: expect.stringMatching(/^ {2}unrepaired {3}"x\\n" +no room$/),
    });
  });
});
