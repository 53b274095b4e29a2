import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import { invalidReason, isSchemaMismatch } from "../errors.ts";

/** What an action of a transaction comes to, or the reason why its key cannot be one of its table's. */
export function matching<T>(make: () => T): T | CancellationReason {
  try {
    return make();
  } catch (error) {
    if (isSchemaMismatch(error)) return invalidReason(error);
    throw error;
  }
}
