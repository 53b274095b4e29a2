import { InvalidMappingOptionError } from "@rollcall/local";
import { describe, expect, test } from "vitest";
import { compileFilterCriteria } from "../../../../src/event-source-mapping/filters/filter-criteria.ts";
import { compilePattern, FilterPatternError } from "../../../../src/event-source-mapping/filters/filter-pattern.ts";

/** Lambda guide, "Using event filtering with a DynamoDB event source". */
const record = {
  eventID: "1",
  eventName: "MODIFY",
  dynamodb: {
    ApproximateCreationDateTime: 1678831218,
    Keys: { CustomerName: { S: "AnyCompany Industries" } },
    NewImage: {
      AccountManager: { S: "Pat Candella" },
      PaymentTerms: { S: "60 days" },
      CustomerName: { S: "AnyCompany Industries" },
      Orders: { N: "101" },
      Tags: { SS: ["gold", "eu"] },
      Lines: { L: [{ M: { sku: { S: "a-1" } } }, { M: { sku: { S: "b-2" } } }] },
      Note: { S: "" },
      Deleted: { NULL: true },
      Active: { BOOL: false },
      Empty: { L: [] },
    },
    SequenceNumber: "111",
    SizeBytes: 26,
    StreamViewType: "NEW_IMAGE",
  },
};
const image = (name: string, rule: unknown) => ({ dynamodb: { NewImage: { [name]: rule } } });

describe("operators, as Lambda's guide lists them", () => {
  test.each<[what: string, matches: boolean, value: unknown, rules: unknown[]]>([
    ["null", true, { UserID: null }, [null]],
    ["null is not a missing field", false, {}, [null]],
    ["null is not an empty string", false, { UserID: "" }, [null]],
    ["empty", true, { UserID: "" }, [""]],
    ["empty is not null", false, { UserID: null }, [""]],
    ["equals", true, { UserID: "Alice" }, ["Alice"]],
    ["equals minds case", false, { UserID: "alice" }, ["Alice"]],
    ["equals minds the type", false, { UserID: "100" }, [100]],
    ["equals a number", true, { UserID: 100 }, [100]],
    ["equals a boolean", true, { UserID: false }, [false]],
    ["equals, ignoring case", true, { UserID: "aLiCe" }, [{ "equals-ignore-case": "Alice" }]],
    ["equals, ignoring case, of strings only", false, { UserID: 1 }, [{ "equals-ignore-case": "1" }]],
    ["or", true, { UserID: "Debit" }, ["Credit", "Debit"]],
    ["or, neither", false, { UserID: "Cash" }, ["Credit", "Debit"]],
    ["not", true, { UserID: "Sunny" }, [{ "anything-but": ["Raining"] }]],
    ["not, one of them", false, { UserID: "Raining" }, [{ "anything-but": ["Raining", "Snowing"] }]],
    ["not, without a list", false, { UserID: "Raining" }, [{ "anything-but": "Raining" }]],
    ["not, of numbers", true, { UserID: 2 }, [{ "anything-but": [1, 3] }]],
    ["not needs the field", false, {}, [{ "anything-but": ["Raining"] }]],
    ["numeric equals", true, { UserID: 100 }, [{ numeric: ["=", 100] }]],
    ["numeric range", true, { UserID: 20 }, [{ numeric: [">", 10, "<=", 20] }]],
    ["numeric range, at its open end", false, { UserID: 10 }, [{ numeric: [">", 10, "<=", 20] }]],
    ["numeric below", true, { UserID: -5 }, [{ numeric: ["<", 0] }]],
    ["numeric does not look into strings", false, { UserID: "100" }, [{ numeric: ["=", 100] }]],
    ["exists", true, { UserID: "x" }, [{ exists: true }]],
    ["exists as null", true, { UserID: null }, [{ exists: true }]],
    ["exists, missing", false, {}, [{ exists: true }]],
    ["exists, not a leaf", false, { UserID: { S: "x" } }, [{ exists: true }]],
    ["does not exist", true, {}, [{ exists: false }]],
    ["does not exist, but does", false, { UserID: "x" }, [{ exists: false }]],
    ["does not exist, not a leaf", true, { UserID: { S: "x" } }, [{ exists: false }]],
    ["begins with", true, { UserID: "us-east-1" }, [{ prefix: "us-" }]],
    ["begins with, of strings only", false, { UserID: 12 }, [{ prefix: "1" }]],
    ["ends with", true, { UserID: "photo.png" }, [{ suffix: ".png" }]],
    ["ends with, otherwise", false, { UserID: "photo.jpg" }, [{ suffix: ".png" }]],
    ["an operator or a value", true, { UserID: "x" }, [{ prefix: "y" }, "x"]],
    ["one of a list in the event", true, { UserID: ["a", "b"] }, ["b"]],
    ["none of a list in the event", false, { UserID: ["a", "b"] }, ["c"]],
    ["an empty list in the event is no leaf", true, { UserID: [] }, [{ exists: false }]],
  ])("%s: %s", (_, matches, value, rules) => {
    expect(compilePattern({ UserID: rules })(value)).toBe(matches);
  });
});

describe("patterns on records of DynamoDB", () => {
  test.each<[what: string, matches: boolean, pattern: unknown]>([
    ["a key", true, { dynamodb: { Keys: { CustomerName: { S: ["AnyCompany Industries"] } } } }],
    ["an attribute, one of two values", true, image("AccountManager", { S: ["Pat Candella", "Shirley Rodriguez"] })],
    ["an attribute without its type is no leaf", false, image("AccountManager", ["Pat Candella"])],
    ["an attribute exists, by its type", true, image("AccountManager", { S: [{ exists: true }] })],
    ["exists: true on an attribute, which is no leaf", false, image("AccountManager", [{ exists: true }])],
    ["exists: false on an attribute, which is no leaf", true, image("AccountManager", [{ exists: false }])],
    ["a missing attribute", true, image("Missing", { S: [{ exists: false }] })],
    ["a missing image", true, { dynamodb: { OldImage: { AccountManager: { S: [{ exists: false }] } } } }],
    ["numeric operators on N", false, image("Orders", { N: [{ numeric: [">", 100] }] })],
    ["N as the string it is", true, image("Orders", { N: ["101"] })],
    ["anything but an N", false, image("Orders", { N: [{ numeric: [">", 100] }, { "anything-but": "101" }] })],
    ["the creation time is a number", true, { dynamodb: { ApproximateCreationDateTime: [{ numeric: [">", 0] }] } }],
    ["a member of a set", true, image("Tags", { SS: ["eu"] })],
    ["inside a list of maps", true, image("Lines", { L: { M: { sku: { S: [{ prefix: "b-" }] } } } })],
    [
      "two fields of different list members",
      false,
      image("Lines", { L: { M: { sku: { S: ["a-1"] }, qty: { N: ["2"] } } } }),
    ],
    ["an empty string", true, image("Note", { S: [""] })],
    ["NULL", true, image("Deleted", { NULL: [true] })],
    ["BOOL", true, image("Active", { BOOL: [false] })],
    ["under an empty list", true, image("Empty", { L: { S: [{ exists: false }] } })],
    ["and", true, { eventName: ["MODIFY"], dynamodb: { NewImage: { PaymentTerms: { S: [{ suffix: "days" }] } } } }],
    [
      "and, one does not",
      false,
      { eventName: ["INSERT"], dynamodb: { NewImage: { PaymentTerms: { S: ["60 days"] } } } },
    ],
    ["or over fields", true, { $or: [{ eventName: ["INSERT"] }, { dynamodb: { SizeBytes: [26] } }] }],
    ["or over fields, neither", false, { $or: [{ eventName: ["INSERT"] }, { dynamodb: { SizeBytes: [27] } }] }],
    ["or and another field", false, { eventID: ["2"], $or: [{ eventName: ["MODIFY"] }, { eventName: ["INSERT"] }] }],
    ["or further in", true, { dynamodb: { $or: [{ SizeBytes: [1] }, { StreamViewType: ["NEW_IMAGE"] }] } }],
    ["names from Object.prototype are not fields", false, { dynamodb: { toString: [{ exists: true }] } }],
  ])("%s: %s", (_, matches, pattern) => {
    expect(compilePattern(pattern)(record)).toBe(matches);
  });
});

describe("a field is its path, as in EventBridge's own matcher", () => {
  const nested = { state: { status: "on", level: 2 } };
  const dotted = { "state.status": "on", "state.level": 2 };
  const mixed = { "state.status": "on", state: { level: 2 } };
  test.each<[matches: boolean, pattern: unknown]>([
    [true, { "state.status": ["on"] }],
    [true, { state: { status: ["on"] } }],
    [true, { state: { status: ["on"] }, "state.level": [2] }],
    [false, { "state.status": ["off"] }],
    [false, { state: { status: ["on"], level: [3] } }],
    [true, { "state.missing": [{ exists: false }] }],
    [false, { "state.status": [{ exists: false }] }],
    [false, { state: { status: [{ exists: false }] } }],
    [true, { "state.status": [{ prefix: "o" }], $or: [{ "state.level": [1] }, { state: { level: [2] } }] }],
  ])("%s: %j", (matches, pattern) => {
    for (const event of [nested, dotted, mixed]) expect(compilePattern(pattern)(event)).toBe(matches);
  });

  test("of the longest paths, through lists, and with both forms in one event", () => {
    const matches = compilePattern({ "a.b.c": [1] });
    expect(matches({ a: { "b.c": 1 } })).toBe(true);
    expect(matches({ "a.b": { c: 1 } })).toBe(true);
    expect(matches({ a: [{ b: { c: 0 } }, { "b.c": 1 }] })).toBe(true);
    expect(matches({ "a.b.c": 0, a: { b: { c: 1 } } })).toBe(true);
    expect(matches({ "a.b.c": 0, a: { b: { c: 2 } } })).toBe(false);
    expect(matches({ "a.b": { c: 0 }, a: 1 })).toBe(false);
  });

  test("a property's name is no pattern's path", () => {
    expect(compilePattern({ "constructor.name": [{ exists: true }] })({})).toBe(false);
    expect(compilePattern({ "__proto__.a": [1] })(JSON.parse('{"__proto__":{"a":1}}'))).toBe(true);
  });
});

test("an operator that Lambda does not document is refused, and the message says so", () => {
  for (const rule of [{ wildcard: "a*" }, { cidr: "10.0.0.0/8" }, { "anything-but": { suffix: "x" } }]) {
    expect(() => compilePattern({ eventName: [rule] })).toThrow(FilterPatternError);
  }
  expect(() => compilePattern({ eventName: [{ wildcard: "a*" }] })).toThrow("Lambda documents no other");
});

test.each<[what: string, pattern: unknown]>([
  ["text", "single-string"],
  ["a list", [{ eventName: ["INSERT"] }]],
  ["no fields", {}],
  ["a value outside a list", { eventName: "INSERT" }],
  ["an empty list", { eventName: [] }],
  ["an unknown operator", { eventName: [{ wildcard: "IN*" }] }],
  ["two operators in one object", { eventName: [{ prefix: "I", suffix: "T" }] }],
  ["an operator of Object.prototype", { eventName: [{ toString: "x" }] }],
  ["exists without true or false", { eventName: [{ exists: "yes" }] }],
  ["prefix of a number", { eventName: [{ prefix: 1 }] }],
  ["anything-but of mixed types", { eventName: [{ "anything-but": ["a", 1] }] }],
  ["anything-but of nothing", { eventName: [{ "anything-but": [] }] }],
  ["anything-but of a prefix, which Lambda does not have", { eventName: [{ "anything-but": { prefix: "I" } }] }],
  ["numeric without a comparison", { a: [{ numeric: [100] }] }],
  ["numeric with an unknown comparison", { a: [{ numeric: ["!=", 100] }] }],
  ["numeric with text", { a: [{ numeric: ["=", "100"] }] }],
  ["numeric too large", { a: [{ numeric: ["<", 5e9 + 1] }] }],
  ["a range upside down", { a: [{ numeric: [">", 20, "<", 10] }] }],
  ["a range with two lower bounds", { a: [{ numeric: [">", 1, ">", 10] }] }],
  ["$or of one", { $or: [{ eventName: ["INSERT"] }] }],
  ["$or that is no list", { $or: { eventName: ["INSERT"] } }],
])("compilePattern refuses %s", (_, pattern) => {
  expect(() => compilePattern(pattern)).toThrow(FilterPatternError);
});

describe("filter criteria", () => {
  const insert = { eventName: "INSERT" } as const;

  test("without filters every record passes", () => {
    expect(compileFilterCriteria(undefined)(insert)).toBe(true);
    expect(compileFilterCriteria({ filters: [] })(insert)).toBe(true);
  });

  test("filters are ORed, and patterns are text or objects", () => {
    const accepts = compileFilterCriteria({
      filters: [{ pattern: '{"eventName":["REMOVE"]}' }, { pattern: { eventName: ["INSERT"] } }],
    });
    expect([accepts(insert), accepts({ eventName: "REMOVE" }), accepts({ eventName: "MODIFY" })]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test.each<[what: string, criteria: object]>([
    ["more than five", { filters: Array.from({ length: 6 }, () => ({ pattern: '{"eventName":["INSERT"]}' })) }],
    ["text that is not JSON", { filters: [{ pattern: '[{"eventName": ["INSERT"=123}]' }] }],
    ["a pattern Lambda refuses", { filters: [{ pattern: '{"eventName":"INSERT"}' }] }],
    ["a pattern that is too long", { filters: [{ pattern: { eventName: ["x".repeat(4096)] } }] }],
    ["no pattern", { filters: [{}] }],
    ["no filter", { filters: [null] }],
    ["another spelling", { Filters: [] }],
    ["something else than a list", { filters: {} }],
  ])("compileFilterCriteria refuses %s", (_, criteria) => {
    expect(() => compileFilterCriteria(criteria)).toThrow(InvalidMappingOptionError);
  });
});
