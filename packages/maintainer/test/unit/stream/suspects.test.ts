import { readFileSync } from "node:fs";
import { registryKey, resourceKey } from "@rollcall/registry/schema";
import { created, deleted, record, relisted } from "@rollcall/testing/rollcall/records";
import type { DynamoDBRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { collectSuspects } from "../../../src/stream/suspects.ts";
import { onlyResources } from "../../fixtures/namespaces.ts";

/** The suspects of a batch by namespace. */
const collect = (records: readonly DynamoDBRecord[]) => {
  const { registries, ...others } = collectSuspects(records, onlyResources);
  return { namespaces: new Map(registries.map(({ registry, names }) => [registry.scope, names])), ...others };
};
const suspectsOf = (...records: DynamoDBRecord[]) =>
  Object.fromEntries(collect(records).namespaces.get(undefined) ?? []);

describe("collectSuspects: suspects", () => {
  it("are the names of defaults that were created or deleted, with what the last record says", () => {
    expect(suspectsOf(created("a"), deleted("b"), created("c"), deleted("c"))).toEqual({
      a: { exists: true, relisted: false, first: 0 },
      b: { exists: false, relisted: false, first: 1 },
      c: { exists: false, relisted: false, first: 2 },
    });
  });

  it("are the names of defaults that changed, which exist", () => {
    const changed = record("MODIFY", resourceKey("a"), { before: {}, after: {} });
    expect(suspectsOf(changed)).toEqual({ a: { exists: true, relisted: false, first: 0 } });
  });

  it("are the names in which a registry differs before and after", () => {
    const doubt = (first: number) => ({ exists: undefined, relisted: true, first });
    expect(suspectsOf(relisted(["a", "b"], ["b", "c"]))).toEqual({ a: doubt(0), c: doubt(0) });
    expect(suspectsOf(relisted(undefined, ["a"]))).toEqual({ a: doubt(0) });
    expect(suspectsOf(relisted(["a"], []))).toEqual({ a: doubt(0) });
    expect(suspectsOf(relisted(["a", "b"], undefined))).toEqual({ a: doubt(0), b: doubt(0) });
    expect(suspectsOf(relisted(["a"], ["a"]))).toEqual({});
  });

  it("are all names on the other side of a change from or to a registry that is no string set", () => {
    const doubt = { exists: undefined, relisted: true, first: 0 };
    for (const resources of [{ M: {} }, { L: [] }, { NS: ["1"] }, { NULL: true }]) {
      expect(suspectsOf(relistedFrom({ resources }) as DynamoDBRecord)).toEqual({ b: doubt });
    }
    const images = { before: { resources: { SS: ["a"] } }, after: { resources: { M: {} } } };
    const { namespaces, malformed } = collect([record("MODIFY", registryKey("t1"), images)]);
    expect(Object.fromEntries(namespaces.get("t1") ?? [])).toEqual({ a: doubt });
    expect(malformed).toBe(0);
  });

  it("named by both kinds of record must be looked up, and remember where they were named first", () => {
    expect(suspectsOf(relisted([], ["a"]), created("a"))).toEqual({ a: { exists: true, relisted: true, first: 0 } });
    expect(suspectsOf(deleted("a"), relisted([], ["a"]))).toEqual({ a: { exists: false, relisted: true, first: 0 } });
  });

  it("are told apart by namespace", () => {
    const { namespaces } = collect([created("a"), created("a", "t1"), relisted(["b"], [], "t2")]);
    expect([...namespaces].map(([namespace, names]) => [namespace, [...names.keys()]])).toEqual([
      [undefined, ["a"]],
      ["t1", ["a"]],
      ["t2", ["b"]],
    ]);
  });

  it("of an event that is not known are looked up", () => {
    const odd = { ...created("a"), eventName: "UNKNOWN_TO_SDK_VERSION" } as unknown as DynamoDBRecord;
    expect(suspectsOf(odd)).toEqual({ a: { exists: undefined, relisted: true, first: 0 } });
  });

  it("are none in the limiter's other items", () => {
    const lines = readFileSync(
      new URL("../../../../testing/src/rollcall/limiter-items.jsonl", import.meta.url),
      "utf8",
    );
    const neighbours = lines
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter(
        ({ kind, format }) =>
          !["resource-default", "registry", "registry-skeleton"].includes(kind) || format === "flat-per-limit",
      )
      .map(({ item: { PK, SK, ...after } }) => record("INSERT", { PK, SK }, { after }));
    expect(neighbours.length).toBeGreaterThan(4);
    expect(collect(neighbours)).toEqual({ namespaces: new Map(), malformed: 0, unreadable: 0 });
  });

  it.each([
    ["no record", null],
    ["no change", {}],
    ["no keys", { dynamodb: {} }],
    ["keys that are null", { dynamodb: { Keys: null } }],
    ["keys that are text", { dynamodb: { Keys: "RESOURCE#a" } }],
    ["no keys at all", { dynamodb: { Keys: {} } }],
    ["keys that were unmarshalled", { dynamodb: { Keys: { PK: "RESOURCE#a", SK: "#CONFIG" } } }],
    ["keys of a type that no key has", { dynamodb: { Keys: { PK: { M: {} } } } }],
    ["a registry whose set was unmarshalled", relistedFrom({ resources: new Set(["a"]) })],
    ["a registry whose set has two types", relistedFrom({ resources: { SS: ["a"], S: "a" } })],
    ["a registry that lists more than texts", relistedFrom({ resources: { SS: ["a", 5] } })],
    ["a registry whose set is null", relistedFrom({ resources: null })],
    ["a registry whose image is null", relistedFrom(null)],
    ["a registry whose image is a number", relistedFrom(5)],
    ["an empty name", created("")],
  ])("are none in malformed records, which are counted: %s", (_, bad) => {
    const { namespaces, malformed } = collect([bad as DynamoDBRecord, created("a")]);
    expect([...(namespaces.get(undefined)?.keys() ?? [])]).toEqual(["a"]);
    expect(malformed).toBe(1);
  });

  it.each([
    ["KEYS_ONLY", { before: undefined, after: undefined }],
    ["NEW_IMAGE", { before: undefined, after: { resources: { SS: ["a"] } } }],
    ["OLD_IMAGE", { before: { resources: { SS: ["a"] } }, after: undefined }],
  ])("are hidden in a registry's change by the view type %s, which is said", (_, images) => {
    const { namespaces, unreadable } = collect([
      record("MODIFY", { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } }, images),
      record("INSERT", { PK: { S: "RESOURCE#b" }, SK: { S: "#CONFIG" } }),
    ]);
    expect(unreadable).toBe(1);
    expect([...(namespaces.get(undefined)?.keys() ?? [])]).toEqual(["b"]);
  });
});

/** A change of the flat registry from an image that need be none. */
function relistedFrom(OldImage: unknown) {
  const change = relisted([], ["b"]);
  return { ...change, dynamodb: { ...change.dynamodb, OldImage } };
}
