import type { AttributeValue, TransactWriteItem, TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";

/** A string set in one item that names, member by member, which other items exist. */
export interface MemberSet {
  tableName: string;
  /** Primary key of the item that holds the set. */
  key: Record<string, AttributeValue>;
  /** Name of the partition key attribute, which every item has: its existence is the item's. */
  partitionKey: string;
  /** The attribute that holds the set. */
  attribute: string;
  /** What every change leaves on the item where it is missing, such as keys of an index. */
  attributes: Record<string, AttributeValue>;
}

/** Whether a transaction puts names into the set or takes them out; DynamoDB refuses both in one update. */
type Change = "add" | "remove";

/** One member's part of a transaction: the action on its own item and its name for the set. */
export interface MemberWrite {
  member: string;
  change: Change;
  action: TransactWriteItem;
}

const ITEM_EXISTS = "attribute_exists(#partitionKey)";
const ITEM_IS_ABSENT = "attribute_not_exists(#partitionKey)";

/**
 * The request that writes the members' items and their names together. The set's action comes last.
 *
 * DELETE on an item that does not exist would create it, empty. So members are removed on condition that the item
 * exists, and where it does not (`setExists` false) the transaction checks just that, and leaves it absent.
 */
export function memberTransaction(
  set: MemberSet,
  writes: readonly [MemberWrite, ...MemberWrite[]],
  setExists: boolean,
  token: string,
): TransactWriteItemsCommandInput {
  const [{ change }] = writes;
  const members = writes.map(({ member }) => member);
  const setAction = change === "add" || setExists ? changeMembers(set, change, members) : assertAbsent(set);
  return { TransactItems: [...writes.map(({ action }) => action), setAction], ClientRequestToken: token };
}

/** Adds names to the set, creating its item if need be, or removes them from an existing one. */
function changeMembers(set: MemberSet, change: Change, members: string[]): TransactWriteItem {
  const missing = Object.entries(set.attributes);
  const assignments = missing.map((_, i) => `#a${i} = if_not_exists(#a${i}, :a${i})`);
  return {
    Update: {
      TableName: set.tableName,
      Key: set.key,
      UpdateExpression: [
        ...(assignments.length === 0 ? [] : [`SET ${assignments.join(", ")}`]),
        `${change === "add" ? "ADD" : "DELETE"} #set :members`,
      ].join(" "),
      ...(change === "remove" && { ConditionExpression: ITEM_EXISTS }),
      ExpressionAttributeNames: {
        "#set": set.attribute,
        ...(change === "remove" && { "#partitionKey": set.partitionKey }),
        ...Object.fromEntries(missing.map(([name], i) => [`#a${i}`, name])),
      },
      ExpressionAttributeValues: {
        ":members": { SS: members },
        ...Object.fromEntries(missing.map(([, value], i) => [`:a${i}`, value])),
      },
    },
  };
}

function assertAbsent(set: MemberSet): TransactWriteItem {
  return {
    ConditionCheck: {
      TableName: set.tableName,
      Key: set.key,
      ConditionExpression: ITEM_IS_ABSENT,
      ExpressionAttributeNames: { "#partitionKey": set.partitionKey },
    },
  };
}
