import {
  isRegistryKey,
  type KeyLike,
  namespaceIndexKeys,
  parseRegistryKey,
  parseResourceKey,
  registryKey,
  resourceKey,
  TTL_ATTRIBUTE,
  tableDefinition,
} from "@rollcall/registry/schema";
import { limiterItems } from "@rollcall/testing/rollcall/limiter-items";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const anyName = fc.oneof(
  fc.string({ unit: "binary", maxLength: 1_000 }),
  fc.constantFrom("", "openai/gpt-4o", "gpt-4\n", "a/RESOURCE#b", "RESOURCE#", "/", "#CONFIG", "x".repeat(1_000)),
);
const anyNamespace = fc.option(
  fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_-]{11}$/),
    fc.string({ unit: "binary", minLength: 1 }).filter((text) => !text.includes("#")),
  ),
  { nil: undefined },
);

/** Pieces of which keys are made. */
const alike = fc.constantFrom("", "a", "/", "#", "a/", "RESOURCE#", "SYSTEM#", "a/RESOURCE#", "a/SYSTEM#", "#CONFIG");
const alikeNamespace = fc.constantFrom(undefined, "a", "a/a", "RESOURCE", "SYSTEM", "a/SYSTEM", "/");

describe("resourceKey, registryKey and their parsers: keys", { timeout: 60_000 }, () => {
  it("of a default round-trip for any name found in storage", () => {
    fc.assert(
      fc.property(anyName, anyNamespace, (resource, namespace) => {
        expect(parseResourceKey(resourceKey(resource, namespace))).toEqual({ namespace, resource });
      }),
      { numRuns: 10_000 },
    );
  });

  it("of a registry round-trip for any namespace", () => {
    fc.assert(
      fc.property(anyNamespace, (namespace) => {
        const key = registryKey(namespace);
        expect(parseRegistryKey(key)).toStrictEqual({ namespace });
        expect(isRegistryKey(key)).toBe(true);
        expect(parseResourceKey(key)).toBeUndefined();
      }),
    );
  });

  it("are different for different names and namespaces", () => {
    const [names, namespaces] = [fc.oneof(anyName, alike), fc.oneof(anyNamespace, alikeNamespace)];
    fc.assert(
      fc.property(names, namespaces, names, namespaces, (a, inA, b, inB) => {
        fc.pre(a !== b || inA !== inB);
        expect(resourceKey(a, inA).PK.S).not.toBe(resourceKey(b, inB).PK.S);
        if (inA !== inB) expect(registryKey(inA).PK.S).not.toBe(registryKey(inB).PK.S);
      }),
      { numRuns: 20_000 },
    );
  });

  it("found in storage are read back into themselves, or belong to nothing", () => {
    const part = fc.oneof(alike, fc.string({ unit: "binary", maxLength: 5 }));
    const partition = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(""));
    const sort = fc.constantFrom("#CONFIG", "#RESOURCES", "#LIMIT#rpm");
    let read = 0;
    fc.assert(
      fc.property(partition, sort, (PK, SK) => {
        const key = { PK: { S: PK }, SK: { S: SK } };
        const [address, registry] = [parseResourceKey(key), parseRegistryKey(key)];
        if (address !== undefined) expect(resourceKey(address.resource, address.namespace)).toEqual(key);
        if (registry !== undefined) expect(registryKey(registry.namespace)).toEqual(key);
        expect(address !== undefined && registry !== undefined).toBe(false);
        if (address !== undefined || registry !== undefined) read++;
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(1_000);
  });

  it("of any shape are read without a throw", () => {
    const value = fc.oneof(
      fc.anything(),
      fc.record({ S: fc.anything() }),
      alike.map((S) => ({ S })),
    );
    const sort = fc.oneof(
      value,
      fc.constantFrom("#CONFIG", "#RESOURCES").map((S) => ({ S })),
    );
    fc.assert(
      fc.property(fc.record({ PK: value, SK: sort }, { requiredKeys: [] }), (key) => {
        expect([parseResourceKey(key as KeyLike)?.resource ?? ""]).toEqual([expect.any(String)]);
        expect(isRegistryKey(key as KeyLike)).toBeTypeOf("boolean");
      }),
      { numRuns: 10_000 },
    );
  });

  it.each(limiterItems)("of the limiter's $format $kind are told apart ($note)", ({ kind, format, item }) => {
    const isDefault = kind === "resource-default" && format !== "flat-per-limit";
    const isRegistry = kind === "registry" || kind === "registry-skeleton";
    expect(parseResourceKey(item) !== undefined).toBe(isDefault);
    expect(isRegistryKey(item)).toBe(isRegistry);
    if (isDefault) {
      const address = parseResourceKey(item);
      expect(address?.resource).toBe(item.resource?.S);
      expect(resourceKey(address?.resource ?? "", address?.namespace)).toEqual({ PK: item.PK, SK: item.SK });
    }
  });

  it.each([
    ["a foreign partition", { PK: { S: "user-1" }, SK: { S: "#CONFIG" } }],
    ["no namespace before the slash", { PK: { S: "/RESOURCE#gpt-4" }, SK: { S: "#CONFIG" } }],
    ["a # before the slash", { PK: { S: "ENTITY#1/RESOURCE#gpt-4" }, SK: { S: "#CONFIG" } }],
    ["a foreign registry", { PK: { S: "ENTITY#1/SYSTEM#" }, SK: { S: "#RESOURCES" } }],
    ["no namespace before the registry", { PK: { S: "/SYSTEM#" }, SK: { S: "#RESOURCES" } }],
    ["a longer partition than the registry's", { PK: { S: "SYSTEM#x" }, SK: { S: "#RESOURCES" } }],
    ["a longer sort key", { PK: { S: "RESOURCE#gpt-4" }, SK: { S: "#CONFIG#gpt-4" } }],
    ["numbers for keys", { PK: {}, SK: {} }],
    ["no keys at all", {}],
  ])("that are not ours belong to nothing: %s", (_, key) => {
    expect(parseResourceKey(key)).toBeUndefined();
    expect(parseRegistryKey(key)).toBeUndefined();
  });

  it("of the namespace index repeat the partition key", () => {
    expect(namespaceIndexKeys(resourceKey("a", "t1"), "t1")).toEqual({
      GSI4PK: { S: "t1" },
      GSI4SK: { S: "t1/RESOURCE#a" },
    });
    expect(namespaceIndexKeys(resourceKey("a"), undefined)).toEqual({});
  });
});

it("TTL_ATTRIBUTE: items expire by the attribute that the limiter writes", () => {
  expect(TTL_ATTRIBUTE).toBe("ttl");
});

it("tableDefinition: the table has string keys, on-demand capacity, and a stream with both images", () => {
  expect(tableDefinition()).toEqual({
    AttributeDefinitions: [
      { AttributeName: "PK", AttributeType: "S" },
      { AttributeName: "SK", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "PK", KeyType: "HASH" },
      { AttributeName: "SK", KeyType: "RANGE" },
    ],
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
});
