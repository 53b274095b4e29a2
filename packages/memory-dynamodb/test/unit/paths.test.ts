import {
  type AttributeValue,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it, test } from "vitest";
import { Fixture, keyOf, TABLE, thrown } from "./fixture.ts";

const ITEM = {
  map: { M: { one: { N: "1" }, deep: { M: { list: { L: [{ S: "a" }, { S: "b" }, { S: "c" }] } } } } },
  list: { L: [{ N: "0" }, { M: { x: { S: "in a list" } } }, { N: "2" }] },
  text: { S: "word" },
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
    ["SET map.two = :v", { ":v": { N: "2" } }, "map", { M: { ...ITEM.map.M, two: { N: "2" } } }],
    ["SET list[1].x = :v", { ":v": { S: "y" } }, "list", { L: [{ N: "0" }, { M: { x: { S: "y" } } }, { N: "2" }] }],
    [
      "SET list[9] = :v, list[7] = :w",
      { ":v": { N: "9" }, ":w": { N: "7" } },
      "list",
      { L: [...ITEM.list.L, { N: "7" }, { N: "9" }] },
    ],
    ["SET list = list_append(list, :v)", { ":v": { L: [{ N: "3" }] } }, "list", { L: [...ITEM.list.L, { N: "3" }] }],
    [
      "SET #n = list_append(if_not_exists(#n, :e), :v)",
      { ":e": { L: [] }, ":v": { L: [{ N: "3" }] } },
      "fresh",
      { L: [{ N: "3" }] },
    ],
    ["SET map.one = map.one + :v", { ":v": { N: "41" } }, "map", { M: { ...ITEM.map.M, one: { N: "42" } } }],
    ["SET text = map.deep.list[2]", {}, "text", { S: "c" }],
    ["ADD map.one :v", { ":v": { N: "1" } }, "map", { M: { ...ITEM.map.M, one: { N: "2" } } }],
    ["ADD map.labels :v", { ":v": { SS: ["x"] } }, "map", { M: { ...ITEM.map.M, labels: { SS: ["x"] } } }],
    ["REMOVE list[0], list[2]", {}, "list", { L: [ITEM.list.L[1]] }],
    ["REMOVE list[7]", {}, "list", ITEM.list],
    [
      "SET list[5] = :v REMOVE list[0], list[4]",
      { ":v": { N: "5" } },
      "list",
      { L: [...ITEM.list.L.slice(1), { N: "5" }] },
    ],
    ["REMOVE map.deep", {}, "map", { M: { one: { N: "1" } } }],
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
    ["SET text.x = :v", "The document path provided in the update expression is invalid for update"],
    ["SET map[0] = :v", "The document path provided in the update expression is invalid for update"],
    ["REMOVE nothing.x SET text = :v", "The document path provided in the update expression is invalid for update"],
    ["SET list = list_append(text, :v)", "An operand in the update expression has an incorrect data type"],
    [
      "SET map = :v, map.one = :v",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [map], path two: [map, one]",
    ],
    ["SET list.x = :v, list[0] = :v", "Two document paths conflict with each other"],
    ["SET map. = :v", "Syntax error"],
    ["SET list[x] = :v", "Syntax error"],
  ])("%s is refused", ([UpdateExpression = "", message]) => {
    const refused = () => updated({ UpdateExpression, ExpressionAttributeValues: { ":v": { N: "1" } } });
    expect(thrown(refused)).toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(message as string),
    });
  });

  it("answers with what it updated, and no more", () => {
    const UpdateExpression = "SET map.one = :v, list[1].x = :v REMOVE text";
    const asked = { UpdateExpression, ExpressionAttributeValues: { ":v": { N: "7" } } };
    expect(updated({ ...asked, ReturnValues: "UPDATED_OLD" })).toEqual({
      map: { M: { one: { N: "1" } } },
      list: { L: [{ M: { x: { S: "in a list" } } }] },
      text: ITEM.text,
    });
    expect(updated({ ...asked, ReturnValues: "UPDATED_NEW" })).toEqual({
      map: { M: { one: { N: "7" } } },
      list: { L: [{ M: { x: { N: "7" } } }] },
    });
  });
});

describe("a condition on nested paths", () => {
  test.for([
    ["map.one = :one", true],
    ["attribute_exists(map.deep.list[2])", true],
    ["attribute_not_exists(map.deep.list[3])", true],
    ["size(map.deep.list) = :three", true],
    ["contains(map.deep.list, :a)", true],
    ["contains(:ids, text)", true],
    ["begins_with(list[1].x, :in)", true],
    ["list[0] IN (:one, :three)", false],
    ["text.x = :one", false],
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
    ["map.one, text", { map: { M: { one: { N: "1" } } }, text: ITEM.text }],
    ["map.deep.list[2], map.deep.list[0]", { map: { M: { deep: { M: { list: { L: [{ S: "a" }, { S: "c" }] } } } } } }],
    ["list[1].x, nothing.x, text.x, list[9]", { list: { L: [{ M: { x: { S: "in a list" } } }] } }],
  ])("%s", ([ProjectionExpression, found]) => {
    const get = new GetItemCommand({ TableName: TABLE, Key: keyOf("a"), ProjectionExpression });
    expect(fixture().database.execute(get).Item).toEqual(found);
  });
});
