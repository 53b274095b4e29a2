import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import { type Condition, type Operand, pathsOf } from "../expressions/condition.ts";
import { attributeOf, type Scope, valueFor } from "../expressions/scope.ts";
import type { Item } from "../model.ts";
import type { KeyAttribute } from "../tables/key-schema.ts";

interface KeyedSource {
  readonly partitions: readonly KeyAttribute[];
  readonly sorts: readonly KeyAttribute[];
}

/**
 * The partition that a Query asks for, as the key attributes that its items have.
 *
 * @throws ValidationException unless it asks for one value of each partition key attribute, and of the sort key's for one
 * value of each in their order and then, at most, for a range
 */
export function partitionOf(condition: Condition, scope: Scope, { partitions, sorts }: KeyedSource): Item {
  const tests = testsIn(condition);
  const byName = new Map(tests.map((test) => [subjectOf(test, scope), test]));
  if (byName.has(undefined) || byName.size < tests.length) throw notSupported();
  const partition: Record<string, AttributeValue> = {};
  for (const { name } of partitions) {
    const test = byName.get(name);
    if (test === undefined) throw validationError(`Query condition missed key schema element: ${name}`);
    partition[name] = equalTo(test, scope);
    byName.delete(name);
  }
  for (const { name } of sorts) {
    const test = byName.get(name);
    if (test === undefined) break;
    byName.delete(name);
    if (byName.size > 0) equalTo(test, scope);
    else if (test.kind === "compare" && test.comparator === "<>") throw notSupported();
  }
  if (byName.size > 0) throw notSupported();
  return partition;
}

/** A Query's filter is for what its key condition cannot ask. */
export function assertNoKeys(filter: Condition, scope: Scope, { partitions, sorts }: KeyedSource): void {
  const names = new Set([...partitions, ...sorts].map(({ name }) => name));
  const key = pathsOf(filter)
    .map(([name]) => attributeOf(scope, name))
    .find((name) => names.has(name));
  if (key === undefined) return;
  throw validationError(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key}`);
}

function testsIn(condition: Condition): Condition[] {
  return condition.kind === "and" ? [...testsIn(condition.left), ...testsIn(condition.right)] : [condition];
}

/** The attribute that a test is about, if it is of a kind that keys can be asked for. */
function subjectOf(test: Condition, scope: Scope): string | undefined {
  const nameOf = (operand: Operand): string | undefined =>
    operand.kind === "path" && operand.path.length === 1 ? attributeOf(scope, operand.path[0]) : undefined;
  if (test.kind === "compare") return nameOf(test.left);
  if (test.kind === "between") return nameOf(test.operand);
  return test.kind === "begins_with" ? nameOf(test.subject) : undefined;
}

function equalTo(test: Condition, scope: Scope): AttributeValue {
  if (test.kind !== "compare" || test.comparator !== "=" || test.right.kind !== "value") throw notSupported();
  return valueFor(scope, test.right.value);
}

function notSupported() {
  return validationError("Query key condition not supported");
}
