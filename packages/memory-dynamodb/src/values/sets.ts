import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { compareMembers } from "./attribute-value.ts";
import { compareNumbers } from "./decimal.ts";

type SetOperation = <T>(members: readonly T[], others: readonly T[], order: (a: T, b: T) => number) => readonly T[];

/** What a set is with others added. The same object where it has them all. */
export function addMembers(set: AttributeValue, others: AttributeValue): AttributeValue | undefined {
  return combine(set, others, union);
}

/** What a set is without others. The same object where it has none of them; it may be empty. */
export function deleteMembers(set: AttributeValue, others: AttributeValue): AttributeValue | undefined {
  return combine(set, others, difference);
}

/** Whether a value is a set without members, which no item may have. */
export function isEmptySet({ SS, NS, BS }: AttributeValue): boolean {
  return (SS ?? NS ?? BS)?.length === 0;
}

/** `undefined` where the two are not sets of one type. */
function combine(set: AttributeValue, others: AttributeValue, operation: SetOperation): AttributeValue | undefined {
  if (set.SS !== undefined && others.SS !== undefined) {
    const SS = operation(set.SS, others.SS, compareMembers);
    return SS === set.SS ? set : { SS: SS as string[] };
  }
  if (set.NS !== undefined && others.NS !== undefined) {
    const NS = operation(set.NS, others.NS, compareNumbers);
    return NS === set.NS ? set : { NS: NS as string[] };
  }
  if (set.BS !== undefined && others.BS !== undefined) {
    const BS = operation<Uint8Array>(set.BS, others.BS, Buffer.compare);
    return BS === set.BS ? set : { BS: BS as Uint8Array[] };
  }
  return undefined;
}

/** Of two sorted lists. */
function union<T>(members: readonly T[], others: readonly T[], order: (a: T, b: T) => number): readonly T[] {
  const result: T[] = [];
  let next = 0;
  for (const member of members) {
    while (next < others.length) {
      const other = others[next] as T;
      const place = order(other, member);
      if (place > 0) break;
      if (place < 0) result.push(other);
      next++;
    }
    result.push(member);
  }
  const all = result.concat(others.slice(next)); // a spread of as many arguments as a set may have members fails
  return all.length === members.length ? members : all;
}

/** Of two sorted lists. */
function difference<T>(members: readonly T[], others: readonly T[], order: (a: T, b: T) => number): readonly T[] {
  let next = 0;
  const result = members.filter((member) => {
    while (next < others.length && order(others[next] as T, member) < 0) next++;
    return next >= others.length || order(others[next] as T, member) !== 0;
  });
  return result.length === members.length ? members : result;
}
