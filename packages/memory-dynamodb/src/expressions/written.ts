import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import type { Item } from "../model.ts";
import type { Path } from "./parsed.ts";

type Steps = readonly (string | number)[];

/** A path leads through something that is not there, or is no map or list. */
export function invalidPath() {
  return validationError("The document path provided in the update expression is invalid for update");
}

/** An item with a value in a place; what leads there is copied, what does not is shared. */
export function writtenAt(item: Item, [name, ...steps]: Path, value: AttributeValue): Item {
  if (steps.length === 0) return { ...item, [name]: value };
  return { ...item, [name]: changed(item[name], steps, value) };
}

/** An item without what was in a place, which is there. */
export function removedAt(item: Item, [name, ...steps]: Path): Item {
  if (steps.length > 0) return { ...item, [name]: changed(item[name], steps, undefined) };
  const { [name]: _, ...rest } = item;
  return rest;
}

function changed(
  value: AttributeValue | undefined,
  [step = "", ...steps]: Steps,
  to: AttributeValue | undefined,
): AttributeValue {
  if (typeof step === "number") {
    if (value?.L === undefined) throw invalidPath();
    const inner = steps.length === 0 ? to : changed(value.L[step], steps, to);
    return { L: value.L.toSpliced(step, 1, ...(inner === undefined ? [] : [inner])) };
  }
  if (value?.M === undefined) throw invalidPath();
  const inner = steps.length === 0 ? to : changed(value.M[step], steps, to);
  if (inner !== undefined) return { M: { ...value.M, [step]: inner } };
  const { [step]: _, ...M } = value.M;
  return { M };
}
