import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { type Attributes, isNative, toAttributeValues } from "./attribute-values.ts";
import { InvalidActionError } from "./errors.ts";

/** What an action does. */
type ActionKind = "Put" | "Update" | "Delete" | "ConditionCheck";

/** An action as DynamoDB takes it, and what it touches. */
export interface Action {
  readonly kind: ActionKind;
  readonly tableName: string;
  /** The item of a Put, the key of any other: it holds the key's attributes. */
  readonly attributes: Record<string, AttributeValue>;
  readonly request: TransactWriteItem;
}

/** An action as a caller gives it: of the SDK, of DocumentClient, or of a table library. */
export type ActionInput = Readonly<Record<string, unknown>> | TransactWriteItem;

/** What a transaction's actions have, besides the item or the key. Libraries add more, which is left out. */
const MEMBERS = {
  Put: ["ConditionExpression"],
  Update: ["UpdateExpression", "ConditionExpression"],
  Delete: ["ConditionExpression"],
  ConditionCheck: ["ConditionExpression"],
} as const satisfies Record<ActionKind, readonly string[]>;

const KINDS = Object.keys(MEMBERS) as ActionKind[];

/** What an action cannot do without. */
const REQUIRED: { readonly [Kind in ActionKind]?: string } = {
  Update: "UpdateExpression",
  ConditionCheck: "ConditionExpression",
};

/**
 * Reads an action, in native values or in AttributeValues, into the form that DynamoDB takes.
 *
 * @throws InvalidActionError for what engines and DynamoDB answer differently: two actions in one, an empty expression
 */
export function parseAction(input: ActionInput, index: number): Action {
  const fail = (problem: string, options?: ErrorOptions): never => {
    throw new InvalidActionError(index, problem, options);
  };
  if (typeof input !== "object" || input === null) fail("it is no object; pass actions as TransactWriteItems has them");
  const given = KINDS.filter((kind) => (input as Record<string, unknown>)[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    return fail(`it has ${given.join(" and ") || "none"} of ${KINDS.join(", ")}; an action is exactly one`);
  }
  const body = (input as Record<ActionKind, Readonly<Record<string, unknown>>>)[kind];
  const { TableName, ExpressionAttributeNames, ExpressionAttributeValues, ReturnValuesOnConditionCheckFailure } = body;
  if (typeof TableName !== "string" || TableName === "") return fail(`its ${kind} has no TableName`);
  const part = kind === "Put" ? "Item" : "Key";
  const attributes = body[part];
  if (!isAttributes(attributes)) return fail(`its ${kind} has no ${part}`);
  const needed = REQUIRED[kind];
  if (needed !== undefined && isEmptyText(body[needed])) return fail(`its ${kind} has no ${needed}`);
  const isPlain = !isNative(attributes);
  const marshal = (values: Attributes): Record<string, AttributeValue> => {
    try {
      return isPlain ? (values as Record<string, AttributeValue>) : toAttributeValues(values);
    } catch (error) {
      return fail(`its ${kind} holds a value that DynamoDB has not: ${(error as Error).message}`, { cause: error });
    }
  };
  const marshalled = marshal(attributes);
  const request = {
    TableName,
    [part]: marshalled,
    ...Object.fromEntries(MEMBERS[kind].flatMap((name) => (isEmptyText(body[name]) ? [] : [[name, body[name]]]))),
    ...(ExpressionAttributeNames !== undefined && { ExpressionAttributeNames }),
    ...(isAttributes(ExpressionAttributeValues) && { ExpressionAttributeValues: marshal(ExpressionAttributeValues) }),
    ...(ReturnValuesOnConditionCheckFailure !== undefined && { ReturnValuesOnConditionCheckFailure }),
  };
  return { kind, tableName: TableName, attributes: marshalled, request: { [kind]: request } as TransactWriteItem };
}

function isAttributes(value: unknown): value is Attributes {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function isEmptyText(value: unknown): boolean {
  return typeof value !== "string" || value.trim() === "";
}
