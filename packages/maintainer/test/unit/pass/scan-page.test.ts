import { expect, it } from "vitest";
import { ScanReader } from "../../../src/pass/scan-page.ts";
import { onlyResources } from "../../fixtures/namespaces.ts";

const reader = new ScanReader(onlyResources);
const [listed] = onlyResources.listed;
const key = (PK: string, SK: string) => ({ PK: { S: PK }, SK: { S: SK } });

it.each([
  ["a default", key("RESOURCE#a", "#CONFIG"), { kind: "member", listed, scope: undefined, name: "a" }],
  ["a default of a namespace", key("t1/RESOURCE#a", "#CONFIG"), { kind: "member", listed, scope: "t1", name: "a" }],
  ["a default without a name", key("RESOURCE#", "#CONFIG"), { kind: "member", listed, scope: undefined, name: "" }],
  ["a registry", key("SYSTEM#", "#RESOURCES"), { kind: "registry", listed, scope: undefined, shard: 0 }],
  ["a registry of a namespace", key("t1/SYSTEM#", "#RESOURCES"), { kind: "registry", listed, scope: "t1", shard: 0 }],
  ["a limit of old", key("RESOURCE#a", "#LIMIT#rpm"), { kind: "legacy", listed, scope: undefined }],
  ["a limit of old in a namespace", key("t1/RESOURCE#a", "#LIMIT#rpm"), { kind: "legacy", listed, scope: "t1" }],
  ["an entity's limit", key("ENTITY#a", "#LIMIT#rpm"), undefined],
  ["an entity's configuration", key("ENTITY#a", "#CONFIG"), undefined],
  ["an entity's default", key("ENTITY#a/RESOURCE#b", "#CONFIG"), undefined],
  ["what only ends like a limit", key("RESOURCE#a", "#OLD#LIMIT#"), undefined],
  ["a key of numbers", { PK: { N: "1" }, SK: { N: "2" } }, undefined],
  ["no key", {}, undefined],
])("%s is known from its key", (_, found, item) => {
  expect(reader.classify(found)).toEqual(item === undefined ? [] : [item]);
});

it("a page continues where the one before ended", () => {
  const page = (position: Parameters<typeof reader.page>[1]["position"]) =>
    reader.page("limits", { index: 2, total: 4, position }, 10);
  const after = key("a", "b");
  expect(page({ done: false })).not.toHaveProperty("ExclusiveStartKey");
  expect(page({ done: false, after })).toMatchObject({
    ExclusiveStartKey: after,
    Segment: 2,
    TotalSegments: 4,
    Limit: 10,
  });
});
