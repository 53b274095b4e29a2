import type { AttributeValue, CancellationReason, ReturnValuesOnConditionCheckFailure } from "@aws-sdk/client-dynamodb";
import { conditionFailed, conditionFailedReason, validationError } from "../errors.ts";
import { assertCondition } from "../expressions/check-condition.ts";
import { type Condition, holds } from "../expressions/condition.ts";
import { parsedCondition, parsedUpdate } from "../expressions/parse.ts";
import type { Parsed } from "../expressions/parsed.ts";
import { bind, type Placeholders, type Scope } from "../expressions/scope.ts";
import { applyUpdate, assertUpdate } from "../expressions/update.ts";
import type { Item } from "../model.ts";
import { copyItem } from "../values/attribute-value.ts";
import { sizeOf } from "../values/item-size.ts";
import type { ItemWrite, Table } from "./table.ts";

/** Source: Developer Guide, "Constraints": item size. */
const MAX_ITEM_BYTES = 400 * 1024;

/** What the requests and the transaction's actions that write have in common. */
export interface WriteInput extends Placeholders {
  ConditionExpression?: string | undefined;
  ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure | undefined;
}

/** A write of one item that is right in itself: only the item can be in its way. */
export interface WriteAction {
  readonly table: Table;
  readonly id: string;
  readonly key: Item;
  readonly condition: Condition | undefined;
  readonly scope: Scope;
  readonly showsItem: boolean;
  /** The item after the write. A check leaves it as it is. */
  readonly next: (before: Item | undefined) => Item | undefined;
}

/** What an action comes to. */
export interface PreparedWrite extends ItemWrite {
  readonly table: Table;
  /** The larger of the item's sizes before and after: what is billed. */
  readonly bytes: number;
}

export function putAction(
  table: Table,
  input: WriteInput & { Item?: Record<string, AttributeValue> | undefined },
): WriteAction {
  const condition = parsedCondition(input.ConditionExpression);
  const scope = bindCondition(input, condition);
  const item = table.schema.storedItem(input.Item ?? {});
  if (sizeOf(item) > MAX_ITEM_BYTES) throw validationError("Item size has exceeded the maximum allowed size");
  return action(table, table.schema.keyOf(item), input, condition?.expression, scope, () => item);
}

export function deleteAction(
  table: Table,
  input: WriteInput & { Key?: Record<string, AttributeValue> | undefined },
): WriteAction {
  const condition = parsedCondition(input.ConditionExpression);
  const scope = bindCondition(input, condition);
  return action(table, table.schema.storedKey(input.Key), input, condition?.expression, scope, () => undefined);
}

export function checkAction(
  table: Table,
  input: WriteInput & { Key?: Record<string, AttributeValue> | undefined },
): WriteAction {
  return { ...deleteAction(table, input), next: (before) => before };
}

export function updateAction(
  table: Table,
  input: WriteInput & { Key?: Record<string, AttributeValue> | undefined; UpdateExpression?: string | undefined },
): WriteAction {
  const condition = parsedCondition(input.ConditionExpression);
  const update = parsedUpdate(input.UpdateExpression);
  const scope = bindCondition(input, condition, update);
  const key = table.schema.storedKey(input.Key);
  if (update !== undefined) assertUpdate(update.expression, scope, (name) => table.schema.isKey(name));
  return action(table, key, input, condition?.expression, scope, (before = key) => {
    const after = applyUpdate(update?.expression ?? [], scope, before);
    if (sizeOf(after) > MAX_ITEM_BYTES)
      throw validationError("Item size to update has exceeded the maximum allowed size");
    table.schema.assertIndexed(after);
    return after;
  });
}

function bindCondition(input: WriteInput, condition: Parsed<Condition> | undefined, update?: Parsed<unknown>): Scope {
  const scope = bind(input, [update, condition]);
  if (condition !== undefined) assertCondition(condition, scope);
  return scope;
}

function action(
  table: Table,
  key: Item,
  input: WriteInput,
  condition: Condition | undefined,
  scope: Scope,
  next: WriteAction["next"],
): WriteAction {
  const showsItem = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
  return { table, id: table.schema.idOf(key), key, condition, scope, showsItem, next };
}

/** Why the item as it is refuses the action, if it does. */
export function refusalOf({ table, id, condition, scope, showsItem }: WriteAction): CancellationReason | undefined {
  if (condition === undefined) return undefined;
  const item = table.items.get(id);
  return holds(condition, scope, item)
    ? undefined
    : conditionFailedReason(showsItem && item ? copyItem(item) : undefined);
}

/**
 * Carries out an action in mind.
 *
 * @throws ConditionalCheckFailedException, or ValidationException where the item does not go with the update
 */
export function prepare(action: WriteAction): PreparedWrite {
  const refusal = refusalOf(action);
  if (refusal !== undefined) throw conditionFailed(refusal);
  return outcome(action);
}

/** @throws ValidationException where the item does not go with the update */
export function outcome({ table, id, key, next }: WriteAction): PreparedWrite {
  const before = table.items.get(id);
  const after = next(before);
  return { table, id, key, before, after, bytes: Math.max(sizeOf(before), before === after ? 0 : sizeOf(after)) };
}
