import assert from "node:assert/strict";
import type { AttributeValue, TransactWriteItem, TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import { MAX_TRANSACTION_ACTIONS } from "./constants.ts";
import { itemSizeBytes } from "./item-size.ts";

/** A string set in one item that names, member by member, which other items exist. */
export interface MemberSet {
  tableName: string;
  /** Primary key of the item that holds the set. */
  key: Record<string, AttributeValue>;
  /** Name of the partition key attribute, which every item has: its existence is the item's. */
  partitionKey: string;
  /** The attribute that holds the set. */
  attribute: string;
  /** What a change leaves on the item where it is missing and fits, such as keys of an index. */
  attributes: Record<string, AttributeValue>;
  /** Whether additions, too, need its item to be there. Default `false`: they create it. */
  mustExist?: boolean | undefined;
  /** Which one it is of several that hold the members together, for messages; `undefined` where it is the only one. */
  shard?: number | undefined;
}

/** Whether a transaction puts names into the set or takes them out; DynamoDB refuses both in one update. */
type Change = "add" | "remove";

/** One member's part of a transaction: the action on its own item, any beside it, and its name for the set. */
export interface MemberWrite {
  member: string;
  change: Change;
  /** From 1 to 99. */
  actions: readonly [TransactWriteItem, ...TransactWriteItem[]];
}

/** The form of the set's own action: what it takes for granted, and what it does beside its purpose. */
export interface SetForm {
  /** Whether removals count on the set's item being there. A guess, which a refusal corrects. Additions need none. */
  assumesSet: boolean;
  /** Whether the set's missing attributes are completed. */
  completesSet: boolean;
}

/** The form that a write has before anything is known: what nearly always holds. */
export const FIRST_FORM: SetForm = { assumesSet: true, completesSet: true };

const ITEM_EXISTS = "attribute_exists(#partitionKey)";
const ITEM_IS_ABSENT = "attribute_not_exists(#partitionKey)";

/**
 * The request that writes the members' items and their names together. The set's action comes last.
 *
 * DELETE on an item that does not exist would create it, empty. So members are removed on condition that the item
 * exists; a form that does not assume that checks that there is none, and leaves it absent. Of a set that must exist,
 * members are added on the same condition.
 */
export function memberTransaction(
  set: MemberSet,
  writes: readonly [MemberWrite, ...MemberWrite[]],
  form: SetForm,
  token: string,
): TransactWriteItemsCommandInput {
  const [{ change }] = writes;
  assert(
    writes.every((write) => write.change === change),
    "one update of a set adds or removes, never both",
  );
  const members = writes.map(({ member }) => member);
  const changesSet = change === "add" || form.assumesSet;
  const { completesSet } = form;
  const isConditional = change === "remove" || set.mustExist === true;
  const setAction = changesSet
    ? changeMembers(set, change, members, { completesSet, isConditional })
    : checkAbsent(set);
  const TransactItems = [...writes.flatMap(({ actions }) => actions), setAction];
  assert(TransactItems.length <= MAX_TRANSACTION_ACTIONS, "the set's own action has room");
  return { TransactItems, ClientRequestToken: token };
}

/** Adds names to the set, creating its item if need be, or removes them; on condition, from an existing item only. */
export function changeMembers(
  set: MemberSet,
  change: Change,
  members: string[],
  { completesSet, isConditional }: { completesSet: boolean; isConditional: boolean },
): TransactWriteItem {
  const missing = completesSet ? Object.entries(set.attributes) : [];
  const assignments = missing.map((_, i) => `#a${i} = if_not_exists(#a${i}, :a${i})`);
  return {
    Update: {
      TableName: set.tableName,
      Key: set.key,
      UpdateExpression: [
        ...(assignments.length === 0 ? [] : [`SET ${assignments.join(", ")}`]),
        `${change === "add" ? "ADD" : "DELETE"} #set :members`,
      ].join(" "),
      ...(isConditional && { ConditionExpression: ITEM_EXISTS }),
      ExpressionAttributeNames: {
        "#set": set.attribute,
        ...(isConditional && { "#partitionKey": set.partitionKey }),
        ...Object.fromEntries(missing.map(([name], i) => [`#a${i}`, name])),
      },
      ExpressionAttributeValues: {
        ":members": { SS: members },
        ...Object.fromEntries(missing.map(([, value], i) => [`:a${i}`, value])),
      },
    },
  };
}

function checkAbsent(set: MemberSet): TransactWriteItem {
  return {
    ConditionCheck: {
      TableName: set.tableName,
      Key: set.key,
      ConditionExpression: ITEM_IS_ABSENT,
      ExpressionAttributeNames: { "#partitionKey": set.partitionKey },
    },
  };
}

/** Bytes that a write takes up in its transaction, at least: what it stores or checks, and its name in the set. */
export function writeSizeBytes({ member, actions }: MemberWrite): number {
  return actions
    .map(bodyOf)
    .reduce(
      (bytes, { Item = {}, Key = {}, ExpressionAttributeValues = {} }) =>
        bytes + itemSizeBytes(Item) + itemSizeBytes(Key) + itemSizeBytes(ExpressionAttributeValues),
      Buffer.byteLength(member),
    );
}

/**
 * The items that a write touches, as texts that are the same for the same item: DynamoDB refuses a transaction with two
 * actions on one. What is put into other tables is left out, for their keys are not known.
 */
export function touchedItems({ tableName, key }: MemberSet, { actions }: MemberWrite): string[] {
  const keyNames = Object.keys(key);
  return actions.map(bodyOf).flatMap(({ TableName = "", Item, Key }) => {
    if (TableName === tableName) return [JSON.stringify([TableName, ...keyNames.map((name) => (Key ?? Item)?.[name])])];
    return Key === undefined ? [] : [JSON.stringify([TableName, Key])];
  });
}

interface ActionBody {
  TableName?: string | undefined;
  Item?: Record<string, AttributeValue> | undefined;
  Key?: Record<string, AttributeValue> | undefined;
  ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

function bodyOf({ Put, Update, Delete, ConditionCheck }: TransactWriteItem): ActionBody {
  return Put ?? Update ?? Delete ?? ConditionCheck ?? {};
}
