/** A claim of this code about itself that did not hold: a defect, and neither the table's fault nor the caller's. */
class ClaimError extends Error {
  override readonly name = "ClaimError";
}

/** States what must be true here. Where it is not, nothing after it may run. */
export function claim(holds: boolean, what: string): asserts holds {
  if (!holds) throw new ClaimError(`This should hold and does not: ${what}`);
}
