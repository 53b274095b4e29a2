import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { MalformedItemError } from "@rollcall/registry";
import { readLimits } from "@rollcall/registry/resources";
import { namespaceIndexKeys, resourceKey } from "@rollcall/registry/schema";

/** What is wrong with one default, beside its being listed or not. */
export interface Flaws {
  /** Why the limiter cannot read it; `undefined` where it can. */
  unreadable: string | undefined;
  /** Whether it carries the burst ceiling of flat items, which the limiter ignores in a namespace. */
  hasStaleBurst: boolean;
  /** Whether it lacks keys of the limiter's index, so that its purge and its lists miss it. */
  isUnindexed: boolean;
}

const BURST_ATTRIBUTE = /^l_.+_bx$/s;

/** What is wrong with a default; `undefined` where nothing is. */
export function flawsOf(
  item: Readonly<Record<string, AttributeValue>>,
  resource: string,
  namespace: string | undefined,
): Flaws | undefined {
  const unreadable = whyUnreadable(item, resource, namespace);
  const indexKeys = Object.keys(namespaceIndexKeys(resourceKey(resource, namespace), namespace));
  const hasStaleBurst = namespace !== undefined && Object.keys(item).some((name) => BURST_ATTRIBUTE.test(name));
  const isUnindexed = indexKeys.some((name) => item[name] === undefined);
  return unreadable === undefined && !hasStaleBurst && !isUnindexed
    ? undefined
    : { unreadable, hasStaleBurst, isUnindexed };
}

function whyUnreadable(
  item: Readonly<Record<string, AttributeValue>>,
  resource: string,
  namespace: string | undefined,
): string | undefined {
  try {
    readLimits(item, { resource, namespace });
    return undefined;
  } catch (error) {
    if (error instanceof MalformedItemError) return error.message;
    throw error;
  }
}
