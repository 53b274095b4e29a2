import type { RegistryDefinition } from "@rollcall/registry";

/** The most that keys hold. Source: Developer Guide, "Constraints". */
const PARTITION_BYTES = 2_048;
const SORT_BYTES = 1_024;

/** The longest name that an item can have, in bytes. */
export function longestName({ member }: RegistryDefinition, scope: string | undefined): number {
  const isSort = member.sort?.includes("{member}") === true;
  const template = isSort ? (member.sort ?? "") : member.partition;
  const flat = scope === undefined ? template.replace(/\[.*\]/, "") : template.replaceAll(/[[\]]/g, "");
  const rest = flat.replace("{member}", "").replace("{scope}", scope ?? "");
  return (isSort ? SORT_BYTES : PARTITION_BYTES) - Buffer.byteLength(rest);
}
