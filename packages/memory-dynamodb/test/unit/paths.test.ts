import {
  type AttributeValue,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it, test } from "vitest";
import { Fixture, keyOf, TABLE, thrown } from "./fixture.ts";

const ITEM = {
  doc: { M: { one: { N: "1" }, deep: { M: { arr: { L: [{ S: "a" }, { S: "b" }, { S: "c" }] } } } } },
  arr: { L: [{ N: "0" }, { M: { x: { S: "in a list" } } }, { N: "2" }] },
  word: { S: "word" },
} as const satisfies Record<string, AttributeValue>;

function fixture(): Fixture {
  const made = new Fixture();
  made.put("a", structuredClone(ITEM) as Record<string, AttributeValue>);
  return made;
}

function updated(rest: Partial<UpdateItemCommandInput>, made = fixture()) {
  return made.database.execute(new UpdateItemCommand({ TableName: TABLE, Key: keyOf("a"), ...rest })).Attributes;
}

describe("an update on nested paths", () => {
  test.for<[expression: string, values: Record<string, AttributeValue>, attribute: string, after: AttributeValue]>([
    ["SET doc.two = :v", { ":v": { N: "2" } }, "doc", { M: { ...ITEM.doc.M, two: { N: "2" } } }],
    ["SET arr[1].x = :v", { ":v": { S: "y" } }, "arr", { L: [{ N: "0" }, { M: { x: { S: "y" } } }, { N: "2" }] }],
    [
      "SET arr[9] = :v, arr[7] = :w",
      { ":v": { N: "9" }, ":w": { N: "7" } },
      "arr",
      { L: [...ITEM.arr.L, { N: "7" }, { N: "9" }] },
    ],
    ["SET arr = list_append(arr, :v)", { ":v": { L: [{ N: "3" }] } }, "arr", { L: [...ITEM.arr.L, { N: "3" }] }],
    [
      "SET #n = list_append(if_not_exists(#n, :e), :v)",
      { ":e": { L: [] }, ":v": { L: [{ N: "3" }] } },
      "fresh",
      { L: [{ N: "3" }] },
    ],
    ["SET doc.one = doc.one + :v", { ":v": { N: "41" } }, "doc", { M: { ...ITEM.doc.M, one: { N: "42" } } }],
    ["SET word = doc.deep.arr[2]", {}, "word", { S: "c" }],
    ["ADD doc.one :v", { ":v": { N: "1" } }, "doc", { M: { ...ITEM.doc.M, one: { N: "2" } } }],
    ["ADD doc.labels :v", { ":v": { SS: ["x"] } }, "doc", { M: { ...ITEM.doc.M, labels: { SS: ["x"] } } }],
    ["REMOVE arr[0], arr[2]", {}, "arr", { L: [ITEM.arr.L[1]] }],
    ["REMOVE arr[7]", {}, "arr", ITEM.arr],
    ["SET arr[5] = :v REMOVE arr[0], arr[4]", { ":v": { N: "5" } }, "arr", { L: [...ITEM.arr.L.slice(1), { N: "5" }] }],
    ["REMOVE doc.deep", {}, "doc", { M: { one: { N: "1" } } }],
  ])("%s", ([UpdateExpression, values, attribute, after]) => {
    const made = fixture();
    const isNamed = UpdateExpression.includes("#n");
    updated(
      {
        UpdateExpression,
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        ...(isNamed && { ExpressionAttributeNames: { "#n": "fresh" } }),
      },
      made,
    );
    expect(made.get("a")?.[attribute]).toEqual(after);
    expect({ ...made.get("a"), [attribute]: null }).toMatchObject({ ...ITEM, [attribute]: null });
  });

  test.for([
    ["SET nothing.x = :v", "The document path provided in the update expression is invalid for update"],
    ["SET word.x = :v", "The document path provided in the update expression is invalid for update"],
    ["SET doc[0] = :v", "The document path provided in the update expression is invalid for update"],
    ["REMOVE nothing.x SET word = :v", "The document path provided in the update expression is invalid for update"],
    ["SET arr = list_append(word, :v)", "An operand in the update expression has an incorrect data type"],
    [
      "SET doc = :v, doc.one = :v",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [doc], path two: [doc, one]",
    ],
    ["SET arr.x = :v, arr[0] = :v", "Two document paths conflict with each other"],
    ["SET doc. = :v", "Syntax error"],
    ["SET arr[x] = :v", "Syntax error"],
  ])("%s is refused", ([UpdateExpression = "", message]) => {
    const refused = () => updated({ UpdateExpression, ExpressionAttributeValues: { ":v": { N: "1" } } });
    expect(thrown(refused)).toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(message as string),
    });
  });

  it("answers with what it updated, and no more", () => {
    const UpdateExpression = "SET doc.one = :v, arr[1].x = :v REMOVE word";
    const asked = { UpdateExpression, ExpressionAttributeValues: { ":v": { N: "7" } } };
    expect(updated({ ...asked, ReturnValues: "UPDATED_OLD" })).toEqual({
      doc: { M: { one: { N: "1" } } },
      arr: { L: [{ M: { x: { S: "in a list" } } }] },
      word: ITEM.word,
    });
    expect(updated({ ...asked, ReturnValues: "UPDATED_NEW" })).toEqual({
      doc: { M: { one: { N: "7" } } },
      arr: { L: [{ M: { x: { N: "7" } } }] },
    });
  });
});

describe("a condition on nested paths", () => {
  test.for([
    ["doc.one = :one", true],
    ["attribute_exists(doc.deep.arr[2])", true],
    ["attribute_not_exists(doc.deep.arr[3])", true],
    ["size(doc.deep.arr) = :three", true],
    ["contains(doc.deep.arr, :a)", true],
    ["contains(:ids, word)", true],
    ["begins_with(arr[1].x, :in)", true],
    ["arr[0] IN (:one, :three)", false],
    ["word.x = :one", false],
  ] as const)("%s", ([ConditionExpression, holds]) => {
    const all = {
      ":one": { N: "1" },
      ":three": { N: "3" },
      ":a": { S: "a" },
      ":in": { S: "in" },
      ":ids": { L: [{ S: "word" }] },
    };
    const ExpressionAttributeValues = Object.fromEntries(
      Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(ConditionExpression)),
    );
    const asked = {
      ConditionExpression,
      ...(Object.keys(ExpressionAttributeValues).length > 0 && { ExpressionAttributeValues }),
    };
    const update = () => updated(asked);
    if (holds) expect(update()).toBeUndefined();
    else expect(thrown(update)).toMatchObject({ name: "ConditionalCheckFailedException" });
  });
});

describe("a projection on nested paths", () => {
  test.for<[expression: string, found: Record<string, AttributeValue>]>([
    ["doc.one, word", { doc: { M: { one: { N: "1" } } }, word: ITEM.word }],
    ["doc.deep.arr[2], doc.deep.arr[0]", { doc: { M: { deep: { M: { arr: { L: [{ S: "a" }, { S: "c" }] } } } } } }],
    ["arr[1].x, nothing.x, word.x, arr[9]", { arr: { L: [{ M: { x: { S: "in a list" } } }] } }],
  ])("%s", ([ProjectionExpression, found]) => {
    const get = new GetItemCommand({ TableName: TABLE, Key: keyOf("a"), ProjectionExpression });
    expect(fixture().database.execute(get).Item).toEqual(found);
  });
});
