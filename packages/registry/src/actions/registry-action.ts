import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { changeMembers, type MemberSet } from "../protocol/member-set.ts";

/**
 * The registry's own action, to go along in a transaction that the library does not send. It has no condition: where
 * there is no registry item, a removal leaves an empty one, which is an empty registry.
 */
export function registryAction(set: MemberSet, change: "add" | "remove", member: string): TransactWriteItem {
  return changeMembers(set, change, [member], { completesSet: change === "add", isConditional: false });
}

/** An Update with native values, as DocumentClient takes it. A set of names is a `Set`. */
export function toNativeUpdate({ Update }: TransactWriteItem): TransactWriteItem {
  if (Update === undefined) return {};
  const { Key = {}, ExpressionAttributeValues = {} } = Update;
  const native = { ...Update, Key: unmarshall(Key), ExpressionAttributeValues: unmarshall(ExpressionAttributeValues) };
  return { Update: native as unknown as NonNullable<TransactWriteItem["Update"]> };
}
