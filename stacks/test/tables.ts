import { defineRegistry } from "@rollcall/registry";
import type { ExistingTable } from "../table-fit.ts";

/** A registry for every site, in a table whose key is one attribute. */
export const DEVICES = defineRegistry({
  name: "devices",
  key: { partition: "id" },
  member: { partition: "site:{scope}:device:{member}" },
  registry: { partition: "site:{scope}:devices", attribute: "devices" },
});

/** A table that others made, with an index of theirs. */
export function existingTable(changes: Partial<ExistingTable> = {}): ExistingTable {
  return {
    name: "limits",
    hashKey: "PK",
    rangeKey: "SK",
    attributes: ["GSI4PK", "GSI4SK", "PK", "SK"].map((name) => ({ name, type: "S" })),
    streamEnabled: true,
    streamViewType: "NEW_AND_OLD_IMAGES",
    ...changes,
  };
}
