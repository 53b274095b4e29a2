import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import { compareValues, isAttributeType, TYPE_NAMES, typeOf } from "../values/attribute-value.ts";
import type { Condition, Operand } from "./condition.ts";
import type { Parsed } from "./parsed.ts";
import { resolvePath } from "./path.ts";
import { type Scope, valueFor } from "./scope.ts";

/** Types that have an order. */
const ORDERED: ReadonlySet<string> = new Set(["S", "N", "B"]);
/** Types that begin with something. */
const PREFIXED: ReadonlySet<string> = new Set(["S", "B"]);

/** Refuses what is wrong with a condition for any item: operands of a type that can never fit. */
export function assertCondition({ kind, expression }: Parsed<Condition>, scope: Scope): void {
  const invalid = (what: string): Error => validationError(`Invalid ${kind}: ${what}`);
  const assertType = (name: string, operand: Operand, types: ReadonlySet<string>): void => {
    const type = operand.kind === "value" ? typeOf(valueFor(scope, operand.value)) : undefined;
    if (type === undefined || types.has(type)) return;
    throw invalid(
      `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
    );
  };
  const assertBounds = (low: Operand, high: Operand): void => {
    if (low.kind !== "value" || high.kind !== "value") return;
    const [from, to] = [valueFor(scope, low.value), valueFor(scope, high.value)];
    const bounds = `lower bound operand: ${show(from)}, upper bound operand: ${show(to)}`;
    const order = compareValues(from, to);
    if (order === undefined) {
      throw invalid(`The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`);
    }
    if (order > 0) {
      throw invalid(`The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`);
    }
  };
  const check = (condition: Condition): void => {
    switch (condition.kind) {
      case "and":
      case "or":
        check(condition.left);
        check(condition.right);
        return;
      case "not":
        check(condition.condition);
        return;
      case "compare": {
        const { left, right, comparator } = condition;
        if (left.kind === "path" && right.kind === "path") {
          const [one, other] = [left, right].map(({ path }) => resolvePath(scope, path).join(", "));
          if (one === other) {
            throw invalid(
              "The first operand must be distinct from the remaining operands for this operator or function; " +
                `operator: ${comparator}, first operand: [${one}]`,
            );
          }
        }
        if (comparator === "=" || comparator === "<>") return;
        assertType(comparator, left, ORDERED);
        assertType(comparator, right, ORDERED);
        return;
      }
      case "between":
        assertBounds(condition.low, condition.high);
        return;
      case "begins_with":
        assertType("begins_with", condition.operand, PREFIXED);
        return;
      case "attribute_type":
        assertTypeName(condition.operand);
        return;
    }
  };
  const assertTypeName = (operand: Operand): void => {
    assertType("attribute_type", operand, new Set(["S"]));
    const { S: type = "" } = operand.kind === "value" ? valueFor(scope, operand.value) : {};
    if (isAttributeType(type)) return;
    throw invalid(`Invalid attribute type name found; type: ${type}, valid types: {${Object.keys(TYPE_NAMES)}}`);
  };
  check(expression);
}

function show(value: AttributeValue): string {
  const type = typeOf(value);
  return `AttributeValue: {${type}:${String(value[type])}}`;
}
