/**
 * What a deployment only knows once it is made. A description names it in braces inside a string, as in
 * `"{StreamArn}"`; every way to deploy puts a value of its own in its place, such as a CloudFormation token.
 */
export type Reference = (typeof REFERENCES)[number] | `${string}AlarmArn`;

const REFERENCES = [
  "DeadLettersArn",
  "DeadLettersName",
  "Region",
  "StreamArn",
  "StreamFunctionName",
  "StreamMappingId",
  "SweepFunctionName",
  "TableArn",
  "TableName",
] as const;

const PATTERN = new RegExp(`\\{(${REFERENCES.join("|")}|[A-Za-z]+AlarmArn)\\}`);

/**
 * Puts values in the place of the references in the strings of plain data, at any depth.
 *
 * @param data strings, numbers, booleans, lists and objects of these
 * @param resolve what stands for a text, which is given as its literal parts with a reference after each but the last. A
 *   text without a reference is not asked for
 * @returns the same data, with what `resolve` made of its texts
 *
 * @example
 * ```ts
 * import { fillReferences } from "@rollcall/maintainer/deployment";
 *
 * fillReferences({ queue: "{DeadLettersName}" }, (_literals, references) => ({ Ref: references[0] }));
 * ```
 */
export function fillReferences(
  data: unknown,
  resolve: (literals: readonly string[], references: readonly Reference[]) => unknown,
): unknown {
  if (typeof data === "string") {
    const parts = data.split(PATTERN);
    if (parts.length === 1) return data;
    const even = parts.filter((_, i) => i % 2 === 0);
    return resolve(even, parts.filter((_, i) => i % 2 === 1) as Reference[]);
  }
  if (Array.isArray(data)) return data.map((each) => fillReferences(each, resolve));
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, fillReferences(value, resolve)]));
}
