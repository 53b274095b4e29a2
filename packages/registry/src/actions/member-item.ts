import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Attributes } from "./attribute-values.ts";
import { toAttributeValues } from "./attribute-values.ts";
import { InvalidActionError } from "./errors.ts";
import { type MemberPlace, memberActions } from "./member-actions.ts";

/** A member's item, without its key or with it, as a caller gives it. */
export type ItemInput = Readonly<Record<string, unknown>> | Readonly<Record<string, AttributeValue>>;

/**
 * The item that a caller gives for a member, as DynamoDB takes it, with its key. Without a key it is native, always;
 * with one, the key's shape decides.
 *
 * @throws InvalidNameError where its key is not the member's
 * @throws InvalidActionError for a value that DynamoDB does not have
 */
export function memberItem(place: MemberPlace, item: ItemInput): Record<string, AttributeValue> {
  const key = place.keys.memberKey(place.member, place.scope);
  const given: Attributes = item;
  if (Object.keys(key).every((name) => given[name] === undefined)) return { ...marshal(given), ...key };
  const [put] = memberActions(place, [{ Put: { TableName: place.tableName, Item: given } }]).actions;
  return (put as TransactWriteItem).Put?.Item ?? key;
}

function marshal(item: Attributes): Record<string, AttributeValue> {
  try {
    return toAttributeValues(item);
  } catch (error) {
    throw new InvalidActionError(
      undefined,
      `The item holds a value that DynamoDB has not: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}
