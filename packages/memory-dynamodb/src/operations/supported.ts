import { UnsupportedError } from "../errors.ts";

/** Parameters that would change what a request does. They are from before there were expressions. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  "AttributeUpdates",
  "AttributesToGet",
  "ConditionalOperator",
  "Expected",
  "KeyConditions",
  "QueryFilter",
  "ScanFilter",
]);

/** Refuses a request that asks for what is left out here. */
export function assertSupported(input: object): void {
  for (const parameter in input) {
    if (UNSUPPORTED.has(parameter) && input[parameter as keyof typeof input] !== undefined) {
      throw new UnsupportedError(parameter);
    }
  }
}
