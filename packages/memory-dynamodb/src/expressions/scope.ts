import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import { storedValue } from "../values/attribute-value.ts";
import type { Parsed } from "./parsed.ts";

/** What the placeholders of a request's expressions stand for. */
export interface Scope {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** The part of a request that explains its expressions. */
export interface Placeholders {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

const NOTHING: Scope = { names: {}, values: {} };

/**
 * Binds a request's expressions to what their placeholders stand for.
 *
 * @throws ValidationException where a placeholder stands for nothing, or is not in any expression
 */
export function bind(
  { ExpressionAttributeNames: names, ExpressionAttributeValues: values }: Placeholders,
  expressions: readonly (Parsed<unknown> | undefined)[],
): Scope {
  if (names === undefined && values === undefined && expressions.every(hasNoPlaceholders)) return NOTHING;
  for (const expression of expressions) {
    if (expression === undefined) continue;
    const invalid = (what: string): Error => validationError(`Invalid ${expression.kind}: ${what}`);
    for (const name of expression.names) {
      if (names?.[name] !== undefined) continue;
      throw invalid(`An expression attribute name used in the document path is not defined; attribute name: ${name}`);
    }
    for (const value of expression.values) {
      if (values?.[value] !== undefined) continue;
      throw invalid(`An expression attribute value used in expression is not defined; attribute value: ${value}`);
    }
  }
  if (expressions.every((parsed) => parsed === undefined)) {
    const parameter = names === undefined ? "ExpressionAttributeValues" : "ExpressionAttributeNames";
    throw validationError(`${parameter} can only be specified when using expressions`);
  }
  assertUsed("ExpressionAttributeNames", names, (name) => expressions.some((parsed) => parsed?.names.has(name)));
  assertUsed("ExpressionAttributeValues", values, (value) => expressions.some((parsed) => parsed?.values.has(value)));
  return { names: names ?? {}, values: storedValues(values ?? {}) };
}

/** The attribute a path means. */
export function attributeOf({ names }: Scope, path: string): string {
  return path.startsWith("#") ? (names[path] as string) : path; // bind() has seen to that
}

export function valueFor({ values }: Scope, placeholder: string): AttributeValue {
  return values[placeholder] as AttributeValue; // so it has here
}

function hasNoPlaceholders(expression: Parsed<unknown> | undefined): boolean {
  return expression === undefined || (expression.names.size === 0 && expression.values.size === 0);
}

function assertUsed(parameter: string, placeholders: object | undefined, isUsed: (name: string) => boolean): void {
  if (placeholders === undefined) return;
  const given = Object.keys(placeholders);
  if (given.length === 0) throw validationError(`${parameter} must not be empty`);
  const unused = given.filter((name) => !isUsed(name));
  if (unused.length > 0) {
    throw validationError(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(", ")}}`);
  }
}

function storedValues(values: Readonly<Record<string, AttributeValue>>): Record<string, AttributeValue> {
  const stored: Record<string, AttributeValue> = {};
  for (const name in values) {
    try {
      stored[name] = storedValue(values[name] as AttributeValue);
    } catch (error) {
      throw validationError(
        `ExpressionAttributeValues contains invalid value: ${(error as Error).message} for key ${name}`,
      );
    }
  }
  return stored;
}
