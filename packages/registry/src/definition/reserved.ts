/** Kept free in every registry item, for a change to explain itself; nothing writes it, for the reason in docs/trust.md. */
export const CHANGE_ATTRIBUTE = "rollcall_change";

/** The partition of the item that keeps the place of a table's sweep, where the table has a sort key. */
const SWEEP_PARTITION = "SYSTEM#";
/** The sort key of that item, or its partition where the table has no sort key. */
const SWEEP_KEY = "#ROLLCALL#SWEEP";

/** What that item holds besides its key. */
export const SWEEP_ATTRIBUTES = ["version", "writer", "state"] as const;

/** The key of the item that keeps the place of a table's sweep: one for each table. */
export function sweepKey(key: { readonly partition: string; readonly sort?: string | undefined }) {
  return key.sort === undefined
    ? { [key.partition]: { S: SWEEP_KEY } }
    : { [key.partition]: { S: SWEEP_PARTITION }, [key.sort]: { S: SWEEP_KEY } };
}
