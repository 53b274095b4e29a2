/** A pass cannot resume from what it was given: it belongs to another table, scope or task, or is none of ours. */
export class CursorError extends Error {
  override readonly name = "CursorError";
}
