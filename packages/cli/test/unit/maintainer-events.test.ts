import { MalformedItemError } from "@rollcall/registry";
import { describe, expect, it } from "vitest";
import { maintainerTelling } from "../../src/dev/maintainer-events.ts";

const WORDS = { program: "npm run rollcall --", configWords: undefined };
const findings = { missing: [], orphaned: [], added: [], removed: [], dropped: [], leftovers: [], unrepaired: [] };

describe("maintainerTelling", () => {
  it("says in one line that a registry is no string set, and how to rebuild it", () => {
    expect(maintainerTelling({ kind: "registry-malformed", registry: "resources", scope: "t 1" }, WORDS)).toEqual({
      event: "problem",
      message:
        'the registry of "t 1" is no string set, so it lists nothing; rebuild it: ' +
        "npm run rollcall -- registry repair --rebuild --namespace 't 1'",
    });
    const error = new MalformedItemError({ PK: "SYSTEM#" }, "it is no string set");
    const names = { count: 1, first: [{ registry: "resources", scope: undefined, name: "a" }], error };
    expect(maintainerTelling({ kind: "repair-impossible", names }, WORDS)).toBeUndefined();
  });

  it("names the registry of a configuration with the options that say which, and the same of its names", () => {
    const projects = { registry: "projects", scope: "a b" };
    const words = { program: "rollcall", configWords: ["--config", "x.ts"] };
    expect(maintainerTelling({ kind: "registry-malformed", ...projects }, words)).toEqual({
      event: "problem",
      message:
        'the registry projects of "a b" is no string set, so it lists nothing; rebuild it: ' +
        "rollcall registry repair --rebuild --registry projects --scope 'a b' --config x.ts",
    });
    const first = [{ ...projects, name: "web" }];
    const names = { count: 1, first, error: new Error("no room") };
    expect(maintainerTelling({ kind: "repair-failed", names }, words)).toMatchObject({
      message: '1 name (web of registry projects of "a b") could not be repaired, and will be: no room',
    });
  });

  it("names the first of many names that were not repaired, and the reason", () => {
    const first = [
      { registry: "resources", scope: undefined, name: "a, b" },
      { registry: "resources", scope: "t1", name: "c" },
    ];
    const names = { count: 30, first, error: new Error("no room") };
    expect(maintainerTelling({ kind: "repair-impossible", names }, WORDS)).toEqual({
      event: "problem",
      message: '30 names ("a, b", c of t1, and 28 more) cannot be repaired as things are: no room',
    });
  });

  it("tells what was decided as plain data that a thread can send", () => {
    const error = Object.assign(new Error("full"), { cannotBeCloned: () => {} });
    const unrepaired = [{ name: "b", reason: "full", error, isPermanent: true }];
    const telling = maintainerTelling(
      { kind: "reconciled", registry: "resources", scope: undefined, findings: { ...findings, unrepaired } },
      WORDS,
    );
    expect(structuredClone(telling)).toEqual({
      event: "repair",
      registry: "resources",
      scope: undefined,
      added: [],
      removed: [],
      dropped: [],
      unrepaired: [{ name: "b", reason: "full" }],
    });
  });

  it("is silent about an answer, which the mapping tells of", () => {
    expect(maintainerTelling({ kind: "batch-answered", isRetried: false }, WORDS)).toBeUndefined();
  });

  it("tells the page of what was read", () => {
    const read = { registry: "resources", scope: undefined, bytes: 10 };
    expect(maintainerTelling({ kind: "registry-read", ...read }, WORDS)).toEqual({ event: "registry-read", ...read });
  });
});
