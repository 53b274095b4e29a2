import type { ExistingTable } from "../table-fit.ts";

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
