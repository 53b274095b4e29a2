import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { InvalidNameError } from "../definition/errors.ts";
import type { RegistryKeys, StringKey } from "../definition/registry-keys.ts";
import { sweepKey } from "../definition/reserved.ts";
import { MAX_TRANSACTION_ACTIONS } from "../protocol/constants.ts";
import { type Action, type ActionInput, parseAction } from "./action.ts";
import { InvalidActionError } from "./errors.ts";

/** Where a member's item belongs. */
export interface MemberPlace {
  readonly keys: RegistryKeys;
  readonly tableName: string;
  readonly member: string;
  readonly scope: string | undefined;
}

/** A member's actions, as DynamoDB takes them, and what they do to its membership. */
export interface MemberActions {
  readonly change: "add" | "remove";
  readonly actions: readonly [TransactWriteItem, ...TransactWriteItem[]];
}

/** One action of a transaction is the registry's own. */
const MAX_ACTIONS = MAX_TRANSACTION_ACTIONS - 1;

/**
 * Checks the actions that a caller brings for one member, and reads from them whether its name is added or removed:
 * exactly one of them puts, updates or deletes the member's item, and none touches a registry or another member.
 *
 * @throws InvalidActionError where they would introduce drift
 * @throws InvalidNameError where the item's key does not read back as the member
 */
export function memberActions(place: MemberPlace, inputs: readonly ActionInput[]): MemberActions {
  if (!Array.isArray(inputs) || inputs.length === 0 || inputs.length > MAX_ACTIONS) {
    const count = Array.isArray(inputs) ? inputs.length : "no array of";
    throw new InvalidActionError(
      undefined,
      `There are ${count} actions; a member's transaction takes 1 to ${MAX_ACTIONS}`,
    );
  }
  const actions = inputs.map(parseAction);
  for (const [i, action] of actions.entries()) assertHarmless(place, action, i);
  const own = actions.filter((action) => isOwn(place, action));
  const [first] = own;
  if (first === undefined) return refuseForeign(place, actions);
  if (own.length > 1) {
    throw new InvalidActionError(
      actions.lastIndexOf(own.at(-1) as Action),
      `it is the second action on the item of ${JSON.stringify(place.member)}; a transaction takes one on each item`,
    );
  }
  if (first.kind === "ConditionCheck") {
    throw new InvalidActionError(
      actions.indexOf(first),
      `it only checks the item of ${JSON.stringify(place.member)}; one action must put, update or delete it`,
    );
  }
  return {
    change: first.kind === "Delete" ? "remove" : "add",
    actions: actions.map(({ request }) => request) as [TransactWriteItem, ...TransactWriteItem[]],
  };
}

/** No action may write what only the registry's protocol writes, nor change another name's membership. */
function assertHarmless(place: MemberPlace, action: Action, index: number): void {
  if (action.kind === "ConditionCheck" || !isSameTable(place, action)) return;
  const { keys, member, scope } = place;
  const key = textsOf(action.attributes);
  if (keys.readRegistry(key) !== undefined || isSameKey(sweepKey(keys.key), action.attributes)) {
    throw new InvalidActionError(index, "it touches an item that Rollcall keeps itself; take the action out");
  }
  const found = keys.readMember(key);
  if (found !== undefined && (found.member !== member || found.scope !== scope)) {
    const other = JSON.stringify(found.member);
    if (isSameIgnoringCase(keys.memberKey(member, scope), key)) return; // the name is at fault, and said to be
    throw new InvalidActionError(index, `it writes the item of another member, ${other}; give it a call of its own`);
  }
}

/** None of the actions touches the member's item: says what is most likely the reason. */
function refuseForeign({ keys, tableName, member, scope }: MemberPlace, actions: readonly Action[]): never {
  const key = keys.memberKey(member, scope);
  const shown = JSON.stringify(key);
  for (const [i, action] of actions.entries()) {
    if (isSameKey(key, action.attributes)) {
      throw new InvalidActionError(i, `its table is ${action.tableName}, but members are in ${tableName}`);
    }
    const found = textsOf(action.attributes);
    if (isSameIgnoringCase(key, found)) {
      const own = Object.fromEntries(Object.keys(key).map((name) => [name, found[name]]));
      throw new InvalidNameError(
        "member",
        member,
        `its item's key must be ${shown} letter for letter, and action ${i} has ${JSON.stringify(own)}; ` +
          'a library changed it: with ElectroDB set casing: "none" on pk and sk',
      );
    }
  }
  throw new InvalidActionError(
    undefined,
    `No action puts, updates or deletes the item of ${JSON.stringify(member)}, ${shown}`,
  );
}

function isOwn(place: MemberPlace, action: Action): boolean {
  return isSameTable(place, action) && isSameKey(place.keys.memberKey(place.member, place.scope), action.attributes);
}

/** A table may be given by its name or by its ARN, which ends in the name. */
function isSameTable({ tableName }: MemberPlace, action: Action): boolean {
  return nameOfTable(tableName) === nameOfTable(action.tableName);
}

function nameOfTable(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
}

function isSameKey(key: StringKey, attributes: Readonly<Record<string, AttributeValue>>): boolean {
  return Object.entries(key).every(([name, { S }]) => attributes[name]?.S === S);
}

function isSameIgnoringCase(key: StringKey, found: Readonly<Record<string, { S: string }>>): boolean {
  return Object.entries(key).every(([name, { S }]) => found[name]?.S.toLowerCase() === S.toLowerCase());
}

function textsOf(attributes: Readonly<Record<string, AttributeValue>>): Record<string, { S: string }> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { S }]) => (S === undefined ? [] : [[name, { S }]])),
  );
}
