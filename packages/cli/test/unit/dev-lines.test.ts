import type { BatchReport } from "@rollcall/local";
import { defineRegistry } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import { describe, expect, it } from "vitest";
import type { DevEvent } from "../../src/dev/dev-event.ts";
import { devLines } from "../../src/dev/dev-lines.ts";
import type { Place } from "../../src/dev/place.ts";
import { fold } from "../../src/terminal/fold.ts";
import { textOf } from "../../src/terminal/line.ts";

const PLACE: Place = {
  registries: [resources],
  words: { program: "npm run rollcall --", configWords: undefined },
  columns: 80,
};
const lines = (event: DevEvent, place = PLACE) => devLines(event, place).map(textOf);
const repair = (names: Partial<Extract<DevEvent, { event: "repair" }>>): DevEvent => ({
  event: "repair",
  registry: "resources",
  scope: undefined,
  added: [],
  removed: [],
  dropped: [],
  unrepaired: [],
  ...names,
});
const batch = (outcome: BatchReport["outcome"]): DevEvent => ({
  event: "batch",
  shardId: `shardId-00000001732698745000-${"a".repeat(40)}`,
  records: 4,
  events: { MODIFY: 2, REMOVE: 2 },
  firstSequenceNumber: "1",
  lastSequenceNumber: "4",
  outcome,
});

describe("devLines", () => {
  it("says what a batch was and how it went, without the shard's long id", () => {
    expect(lines(batch({ kind: "succeeded", durationMs: 9 }))).toEqual([
      "  batch   4 records (2 MODIFY, 2 REMOVE) handled in 9 ms",
    ]);
    const error = "the handler's thread ended by itself, with exit code 3";
    const next = { kind: "retry", delayMs: 500 } as const;
    expect(lines(batch({ kind: "failed", durationMs: 9, done: 0, error, next }))).toEqual([
      "  batch   4 records (2 MODIFY, 2 REMOVE) failed in 9 ms, retried in 500 ms: the",
      "          handler's thread ended by itself, with exit code 3",
    ]);
  });

  it("quotes names that could be taken for other entries of the list", () => {
    expect(lines(repair({ scope: "t1", added: ["x, - important"], removed: ["b"], dropped: ["c\u001b[2J"] }))).toEqual([
      '  repair  registry of t1: + "x, - important", - b, "c\\u001b[2J" is right by now',
    ]);
  });

  it("shows 20 names and how many more", () => {
    const text = lines(repair({ added: Array.from({ length: 1_021 }, (_, i) => `model-${i}`) })).join(" ");
    expect(text).toContain("+ model-19, and 1,001 more");
    expect(text).not.toContain("model-20");
  });

  it("says nothing of a repair that changed nothing: what is not repaired is a problem of its own", () => {
    expect(lines(repair({ unrepaired: [{ name: "a", reason: "full" }] }))).toEqual([]);
  });

  it("colors drift, repairs and failures", () => {
    const styles = (event: DevEvent) => devLines(event, PLACE).map((line) => typeof line === "object" && line.style);
    expect(styles({ event: "drift", registry: "resources", scope: undefined, drift: "hands" })).toEqual(["drift"]);
    expect(styles(repair({ added: ["a"] }))).toEqual(["repair"]);
    expect(styles({ event: "problem", message: "full" })).toEqual(["failure"]);
  });

  it("names the registry where it is not that of resources, and its scope", () => {
    const projects = { registry: "projects", scope: "a, b" };
    expect(lines(repair({ ...projects, added: ["web"] }))).toEqual(['  repair  registry projects of "a, b": + web']);
    expect(lines({ event: "drift", ...projects, drift: "the registry emptied" })).toEqual([
      '  drift   registry projects of "a, b": the registry emptied',
    ]);
  });

  const endpoint = "http://127.0.0.1:65535";
  const ready = (place: Place) =>
    lines(
      {
        event: "ready",
        endpoint,
        table: "rollcall",
        engine: "dynamodb-local",
        registries: place.registries.map(({ name }) => name),
      },
      place,
    );

  it.each(["rollcall", "npm run rollcall --"])("tells in whole lines what a client needs, for %s", (program) => {
    const told = ready({ ...PLACE, words: { ...PLACE.words, program } });
    expect(Math.max(...told.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(told).toContain(`  ${program} resource list`);
    expect(told.join("\n")).not.toContain("npx");
  });

  it("tells commands of the configuration's registries, the one that is listed without a scope", () => {
    const key = { partition: "pk", sort: "sk" };
    const projects = defineRegistry({
      name: "projects",
      key,
      member: { partition: "TENANT#{scope}", sort: "PROJECT#{member}" },
      registry: { partition: "TENANT#{scope}", sort: "#PROJECTS", attribute: "projects" },
    });
    const tenants = defineRegistry({
      name: "tenants",
      key,
      member: { partition: "TENANT#{member}", sort: "#META" },
      registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
    });
    const words = { program: "rollcall", configWords: ["--config", "my app.ts"] };
    const told = ready({ ...PLACE, words, registries: [projects, tenants] });
    expect(told).toContain("Registries: projects, tenants");
    expect(told).toContain("  rollcall registry list --registry tenants --config 'my app.ts'");
    expect(told).toContain("  rollcall registry audit --config 'my app.ts'");
    const scoped = ready({ ...PLACE, words: { ...words, configWords: [] }, registries: [projects] });
    expect(scoped.filter((line) => line.includes("registry "))).toEqual(["  rollcall registry audit"]);
  });
});

describe("fold", () => {
  it.each([
    ["a bb ccc", 4, ["a bb", "  ccc"]],
    ["  a bb ccc", 6, ["  a bb", "  ccc"]],
    ["long-word", 4, ["long-word"]],
    ["a long-word b", 4, ["a", "  long-word", "  b"]],
    ["", 4, [""]],
  ])("breaks %j at spaces into lines of %d columns, words staying whole", (line, columns, expected) => {
    expect(fold(line, columns, 2)).toEqual(expected);
  });
});
