import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { InvalidActionError, InvalidNameError, type RegistryDefinition } from "@rollcall/registry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ActionInput } from "../../../src/actions/action.ts";
import { memberActions } from "../../../src/actions/member-actions.ts";
import { registryKeys } from "../../../src/definition/define-registry.ts";

const TENANTS: RegistryDefinition = {
  name: "tenants",
  key: { partition: "pk", sort: "sk" },
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
};
const TABLE = "app";
const place = { keys: registryKeys(TENANTS), tableName: TABLE, member: "Acme", scope: undefined };
const read = (...actions: unknown[]) => memberActions(place, actions as ActionInput[]);

const KEY = { pk: "TENANT#Acme", sk: "#META" };
const MARSHALLED_KEY = { pk: { S: "TENANT#Acme" }, sk: { S: "#META" } };
const PUT = { Put: { TableName: TABLE, Item: { ...KEY, plan: "pro" } } };
const OTHER = { Put: { TableName: TABLE, Item: { pk: "LOG#1", sk: "x" } } };

function problemOf(...actions: unknown[]): InvalidActionError | InvalidNameError {
  try {
    read(...actions);
  } catch (error) {
    if (error instanceof InvalidActionError || error instanceof InvalidNameError) return error;
    throw error;
  }
  throw new Error("They were taken.");
}

describe("memberActions", () => {
  it.each<[what: string, action: unknown, change: string]>([
    ["a Put", PUT, "add"],
    ["an Update", { Update: { TableName: TABLE, Key: KEY, UpdateExpression: "SET plan = :p" } }, "add"],
    ["a Delete", { Delete: { TableName: TABLE, Key: KEY } }, "remove"],
  ])("reads from %s of the member's item what becomes of the name", (_, action, change) => {
    expect(read(action).change).toBe(change);
  });

  it("marshals native values and takes AttributeValues as they are, for each action by its key", () => {
    const [native, plain] = read(
      {
        Put: {
          TableName: TABLE,
          Item: { ...KEY, seats: 3, tags: new Set(["a"]), at: undefined },
          ConditionExpression: "plan <> :p",
          ExpressionAttributeValues: { ":p": "pro" },
        },
      },
      { Put: { TableName: TABLE, Item: { pk: { S: "LOG#1" }, sk: { S: "x" }, plan: { M: { S: { S: "pro" } } } } } },
    ).actions;
    expect(native).toEqual({
      Put: {
        TableName: TABLE,
        Item: { ...MARSHALLED_KEY, seats: { N: "3" }, tags: { SS: ["a"] } },
        ConditionExpression: "plan <> :p",
        ExpressionAttributeValues: { ":p": { S: "pro" } },
      },
    });
    expect(plain?.Put?.Item?.plan).toEqual({ M: { S: { S: "pro" } } });
  });

  it("marshals a native attribute that looks like an AttributeValue as the map it is", () => {
    const [action] = read({ Put: { TableName: TABLE, Item: { ...KEY, plan: { S: "pro" } } } }).actions;
    expect(action?.Put?.Item?.plan).toEqual({ M: { S: { S: "pro" } } });
  });

  it("undresses the sets of table libraries, at any depth", () => {
    const set = { wrapperName: "Set", type: "String", values: ["a", "b"] };
    const [action] = read({ Put: { TableName: TABLE, Item: { ...KEY, tags: set, more: [{ tags: set }] } } }).actions;
    expect(action?.Put?.Item?.tags).toEqual({ SS: ["a", "b"] });
    expect(action?.Put?.Item?.more).toEqual({ L: [{ M: { tags: { SS: ["a", "b"] } } }] });
  });

  it("leaves out what libraries add beside an action and inside it", () => {
    const [action] = read({
      Put: { ...PUT.Put, ReturnValues: "ALL_OLD", ReturnValuesOnConditionCheckFailure: "ALL_OLD" },
      ToolboxItem: { plan: "pro" },
      [Symbol("edb")]: true,
    }).actions;
    expect(action).toStrictEqual({
      Put: {
        TableName: TABLE,
        Item: { ...MARSHALLED_KEY, plan: { S: "pro" } },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    });
  });

  it("takes the member's table by its name or by its ARN", () => {
    const arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/app";
    expect(read({ Put: { TableName: arn, Item: KEY } }).change).toBe("add");
    expect(memberActions({ ...place, tableName: arn }, [PUT]).change).toBe("add");
  });

  it("takes a check of another member, which changes nothing", () => {
    const check = {
      TableName: TABLE,
      Key: { pk: "TENANT#b", sk: "#META" },
      ConditionExpression: "attribute_exists(pk)",
    };
    expect(read(PUT, { ConditionCheck: check }).actions).toHaveLength(2);
  });

  it.each<[what: string, problem: RegExp, actions: unknown[]]>([
    ["no action", /There are 0 actions/, []],
    ["100 actions", /There are 100 actions; a member's transaction takes 1 to 99/, [PUT, ...Array(99).fill(OTHER)]],
    ["no object", /Action 1: it is no object/, [PUT, "Put"]],
    ["an action that is none", /it has none of Put, Update/, [{ Get: {} }]],
    ["two actions in one", /it has Put and Delete of/, [{ ...PUT, Delete: { TableName: TABLE, Key: KEY } }]],
    ["no table", /its Put has no TableName/, [{ Put: { Item: KEY } }]],
    ["no item", /its Put has no Item/, [{ Put: { TableName: TABLE } }]],
    ["no key", /its Delete has no Key/, [{ Delete: { TableName: TABLE, Key: {} } }]],
    ["an empty update", /no UpdateExpression/, [{ Update: { TableName: TABLE, Key: KEY, UpdateExpression: " " } }]],
    ["a check of nothing", /no ConditionExpression/, [{ ConditionCheck: { TableName: TABLE, Key: KEY } }]],
    [
      "a value that is none",
      /holds a value that DynamoDB has not/,
      [{ Put: { TableName: TABLE, Item: { ...KEY, at: new Date(0) } } }],
    ],
    ["no action on the member", /No action puts, updates or deletes the item of "Acme", .*TENANT#Acme/, [OTHER]],
    ["two actions on the member", /Action 1: it is the second/, [PUT, { Delete: { TableName: TABLE, Key: KEY } }]],
    [
      "a check alone",
      /it only checks the item/,
      [{ ConditionCheck: { TableName: TABLE, Key: KEY, ConditionExpression: "attribute_exists(pk)" } }],
    ],
    [
      "a write of another member",
      /Action 1: it writes the item of another member, "b"/,
      [PUT, { Delete: { TableName: TABLE, Key: { pk: "TENANT#b", sk: "#META" } } }],
    ],
    [
      "a write of the registry",
      /Action 1: it touches an item that Rollcall keeps/,
      [PUT, { Delete: { TableName: TABLE, Key: { pk: "SYSTEM#", sk: "#TENANTS" } } }],
    ],
    [
      "a write of the sweep's item",
      /Action 1: it touches an item that Rollcall keeps/,
      [PUT, { Delete: { TableName: TABLE, Key: { pk: { S: "SYSTEM#" }, sk: { S: "#ROLLCALL#SWEEP" } } } }],
    ],
    [
      "another table's item",
      /its table is other, but members are in app/,
      [{ Put: { TableName: "other", Item: KEY } }],
    ],
  ])("refuses %s", (_, problem, actions) => {
    const error = problemOf(...actions);
    expect(error.code).toBe("INVALID_ACTION");
    expect(error.message).toMatch(problem);
  });

  it.each(["tenant#acme", "TENANT#acme"])("refuses the key %s, whose letters a library changed", (pk) => {
    const error = problemOf({ Put: { TableName: TABLE, Item: { pk, sk: "#meta" } } });
    expect(error.code).toBe("INVALID_NAME");
    expect(error.message).toMatch(/letter for letter, and action 0 has .*casing: "none"/);
  });

  it("takes native values and AttributeValues for the same action", () => {
    const text = fc.string({ minLength: 1, maxLength: 5 });
    const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text));
    const marshalled = (found: unknown): AttributeValue => {
      if (typeof found === "string") return { S: found };
      if (typeof found === "number") return { N: String(found) };
      if (typeof found === "boolean") return { BOOL: found };
      if (Array.isArray(found)) return { L: found.map(marshalled) };
      return { NULL: true };
    };
    fc.assert(
      fc.property(fc.dictionary(text, value), (attributes) => {
        const plain = Object.fromEntries(Object.entries(attributes).map(([name, found]) => [name, marshalled(found)]));
        expect(read({ Put: { TableName: TABLE, Item: { ...attributes, ...KEY } } })).toEqual(
          read({ Put: { TableName: TABLE, Item: { ...plain, ...MARSHALLED_KEY } } }),
        );
      }),
    );
  });
});
