import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ForeignAnswerError } from "@rollcall/registry/protocol";

type Shape = (value: unknown) => boolean;

const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value);
const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const mapOf =
  (shape: Shape): Shape =>
  (value) =>
    isMap(value) && Object.values(value).every(shape);
const fields =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    isMap(value) && Object.entries(shapes).every(([name, shape]) => shape(value[name]));

const text: Shape = (value) => typeof value === "string";
const texts = listOf(text);
const attribute = fields({
  S: optional(text),
  N: optional(text),
  SS: optional(texts),
  NS: optional(texts),
  L: optional(Array.isArray),
  M: optional(isMap),
});
const item = mapOf(attribute);

/** What our commands read in answers, by the SDK's commands. What is not here is not read. */
const SHAPES: Readonly<Record<string, Shape>> = {
  GetItemCommand: fields({ Item: optional(item) }),
  ScanCommand: fields({ Items: optional(listOf(item)), LastEvaluatedKey: optional(item) }),
  QueryCommand: fields({ Items: optional(listOf(item)), LastEvaluatedKey: optional(item) }),
  BatchGetItemCommand: fields({
    Responses: optional(mapOf(listOf(item))),
    UnprocessedKeys: optional(mapOf(fields({ Keys: listOf(item) }))),
  }),
  TransactGetItemsCommand: fields({ Responses: optional(listOf(fields({ Item: optional(item) }))) }),
  DescribeTableCommand: fields({
    Table: fields({
      KeySchema: optional(listOf(isMap)),
      AttributeDefinitions: optional(listOf(isMap)),
      StreamSpecification: optional(isMap),
    }),
  }),
};

/** Refuses answers of a shape that DynamoDB's do not have: read as if they were, they would end in a fault of ours. */
export function checkAnswers({ middlewareStack }: DynamoDBClient): void {
  middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const shape = SHAPES[context.commandName ?? ""] ?? isMap;
      if (!shape(result.output)) throw new ForeignAnswerError(undefined);
      return result;
    },
    { step: "deserialize", priority: "high", name: "rollcallCheckAnswers" }, // the outermost: after the SDK's own
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
