import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type ItemKey, REGISTRY_ATTRIBUTE } from "../definition/schema.ts";
import { MalformedItemError } from "../protocol/errors.ts";

/**
 * The entries of a registry's set, in no order; none where there is no item or no set.
 *
 * @throws MalformedItemError when something else than a string set is in its place
 */
export function storedNames(item: Readonly<Record<string, AttributeValue>> | undefined, key: ItemKey): string[] {
  const set = item?.[REGISTRY_ATTRIBUTE];
  if (set === undefined) return [];
  if (set.SS !== undefined) return set.SS;
  throw new MalformedItemError(
    plainKey(key),
    `its attribute ${REGISTRY_ATTRIBUTE} is of type ${Object.keys(set).join()} and not a string set; ` +
      "remove that attribute, then fill the registry again",
  );
}

/** A key without its types, as errors show it. */
export function plainKey({ PK, SK }: ItemKey): Record<string, string> {
  return { PK: PK.S, SK: SK.S };
}

/** UTF-16 order differs from code point order only where a name has characters beyond the basic plane. */
export function sortByCodePoint(names: string[]): string[] {
  const beyond = names.some((name) => /[\u{10000}-\u{10ffff}]/u.test(name));
  return beyond ? names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : names.sort();
}
