import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import { namespaceIndexKeys, registryKey, resourceKey } from "@rollcall/registry/schema";
import type { Backlog, Crowd, Setting } from "../plan/setting.ts";
import type { Random } from "../timeline/random.ts";

type Attributes = Record<string, AttributeValue>;

/** The most an item may weigh. Source: Developer Guide, "Constraints". */
export const MAX_ITEM_BYTES = 409_600;
/** Names that fill a registry quickly: nearly as long as a key may be. */
const FILLER_BYTES = 2_000;

/** What every table of a setting begins with. */
export function firstItems({ namespaces, names, crowd, backlog, isRestored }: Setting, random: Random): Attributes[] {
  const ballast = backlog?.ballastBytes ? { note: { S: "x".repeat(backlog.ballastBytes) } } : {};
  return namespaces.flatMap((namespace) => {
    const [withDefault, registered] = isRestored ? [random.some(names), random.some(names)] : [[], []];
    const waiting = backlog === undefined ? [] : backlogNames(backlog);
    const listed = [...registered, ...(backlog?.isListed ? waiting : [])];
    const fillers = crowd === undefined ? [] : fillersBeside(namespace, crowd, listed);
    const registry = [...fillers, ...listed];
    const indexKeys = crowd?.hasIndexKeys ? indexKeysOf(namespace) : {};
    return [
      ...(registry.length > 0 || random.chance(0.5) ? [{ ...registryItem(namespace, registry), ...indexKeys }] : []),
      ...[...fillers, ...withDefault].map((name) => defaultItem(namespace, name)),
      ...waiting.map((name) => ({ ...defaultItem(namespace, name), ...ballast })),
    ];
  });
}

/** Names of a backlog: as long as it wants them, and all different. */
function backlogNames({ count, nameBytes: [least, most] }: Backlog): string[] {
  return Array.from({ length: count }, (_, i) => `b${i}-`.padEnd(least + ((i * 7) % (most - least + 1)), "x"));
}

/** The first name that fills a registry: writers add it and take it off, so that room comes and is gone. */
export function fillerName(index: number): string {
  return `f${index}-`.padEnd(FILLER_BYTES, "x");
}

/** Names that leave as much room in a registry as a crowd wants. */
function fillersBeside(namespace: string | undefined, { freeBytes, hasIndexKeys }: Crowd, listed: string[]): string[] {
  const item = { ...registryItem(namespace, ["x", ...listed]), ...(hasIndexKeys ? indexKeysOf(namespace) : {}) };
  const left = MAX_ITEM_BYTES - (itemSizeBytes(item) - 1) - freeBytes;
  const names = Array.from({ length: Math.floor(left / FILLER_BYTES) }, (_, i) => fillerName(i));
  const rest = left % FILLER_BYTES;
  return rest === 0 ? names : [...names, "g".padEnd(rest, "x")];
}

/** A default as any writer may have written it. */
function defaultItem(namespace: string | undefined, name: string): Attributes {
  const limits = { l_rpm_cp: { N: "5" }, l_rpm_ra: { N: "5" }, l_rpm_rp: { N: "60" } };
  return { ...resourceKey(name, namespace), resource: { S: name }, ...limits };
}

function registryItem(namespace: string | undefined, names: readonly string[]): Attributes {
  return { ...registryKey(namespace), ...(names.length > 0 && { resources: { SS: [...names] } }) };
}

function indexKeysOf(namespace: string | undefined): Attributes {
  return { ...namespaceIndexKeys(registryKey(namespace), namespace) };
}
