import { printableInList } from "../terminal/printable.ts";

/** Names that a line shows of one list. */
const MAX_NAMES = 20;

/** The first of some entries, which are safe in a list, and how many more there are. */
export function nameList(entries: readonly string[], total = entries.length): string {
  const first = entries.slice(0, MAX_NAMES);
  const more = total - first.length;
  return [...first, ...(more > 0 ? [`and ${more.toLocaleString("en-US")} more`] : [])].join(", ");
}

/** `registry`, or `registry of t1`. */
export function registryOf(namespace: string | undefined): string {
  return namespace === undefined ? "registry" : `registry of ${printableInList(namespace)}`;
}
