import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "../model.ts";
import { compareValues, isSameValue, typeOf } from "../values/attribute-value.ts";
import type { Path } from "./parsed.ts";
import { valueAt } from "./path.ts";
import { type Scope, valueFor } from "./scope.ts";
import type { Tokens } from "./tokenizer.ts";

export type Operand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "size"; readonly path: Path };

type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** What an item is asked; of an item that is not there, as of one without attributes. */
export type Condition =
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly condition: Condition }
  | { readonly kind: "compare"; readonly left: Operand; readonly comparator: Comparator; readonly right: Operand }
  | { readonly kind: "between"; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: "in"; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly kind: "exists" | "absent"; readonly path: Path }
  | {
      readonly kind: "begins_with" | "contains" | "attribute_type";
      readonly subject: Operand;
      readonly operand: Operand;
    };

const COMPARATORS: ReadonlySet<string> = new Set<Comparator>(["=", "<>", "<", "<=", ">", ">="]);
/** Source: Developer Guide, "Constraints": operands of IN. */
const MAX_LIST = 100;

/** Conditions that stand in parentheses: DynamoDB refuses a second pair around them. */
const parenthesised = new WeakSet<Condition>();

/** Reads a condition; what binds closest is read deepest: OR, AND, NOT, then comparisons and functions. */
export function parseCondition(tokens: Tokens): Condition {
  const condition = parseOr(tokens);
  tokens.expectEnd();
  return condition;
}

function parseOr(tokens: Tokens): Condition {
  let left = parseAnd(tokens);
  while (tokens.takeWord("OR")) left = { kind: "or", left, right: parseAnd(tokens) };
  return left;
}

function parseAnd(tokens: Tokens): Condition {
  let left = parseNot(tokens);
  while (tokens.takeWord("AND")) left = { kind: "and", left, right: parseNot(tokens) };
  return left;
}

function parseNot(tokens: Tokens): Condition {
  if (tokens.takeWord("NOT")) return { kind: "not", condition: parseNot(tokens) };
  if (!tokens.takeSymbol("(")) return parseTest(tokens);
  const condition = parseOr(tokens);
  tokens.expectSymbol(")");
  if (parenthesised.has(condition)) throw tokens.invalid("The expression has redundant parentheses;");
  parenthesised.add(condition);
  return condition;
}

function parseTest(tokens: Tokens): Condition {
  const name = tokens.takeFunction();
  if (name !== undefined && name !== "size") return parseFunction(tokens, name);
  const operand = name === "size" ? parseSize(tokens) : parseOperand(tokens);
  if (tokens.takeWord("BETWEEN")) {
    const low = parseOperand(tokens);
    if (!tokens.takeWord("AND")) throw tokens.syntaxError();
    return { kind: "between", operand, low, high: parseOperand(tokens) };
  }
  if (tokens.takeWord("IN")) return { kind: "in", operand, list: parseList(tokens) };
  const { type, text } = tokens.next;
  if (type !== "symbol" || !COMPARATORS.has(text)) throw tokens.syntaxError();
  tokens.take();
  return { kind: "compare", left: operand, comparator: text as Comparator, right: parseOperand(tokens) };
}

function parseFunction(tokens: Tokens, name: string): Condition {
  switch (name) {
    case "attribute_exists":
    case "attribute_not_exists": {
      const path = tokens.path();
      tokens.expectSymbol(")");
      return { kind: name === "attribute_exists" ? "exists" : "absent", path };
    }
    case "begins_with":
    case "contains":
    case "attribute_type": {
      const subject = parseOperand(tokens);
      tokens.expectSymbol(",");
      const operand = parseOperand(tokens);
      tokens.expectSymbol(")");
      return { kind: name, subject, operand };
    }
    default:
      throw tokens.invalid(`Invalid function name; function: ${name}`);
  }
}

function parseOperand(tokens: Tokens): Operand {
  if (tokens.next.type === ":value") return { kind: "value", value: tokens.value() };
  const name = tokens.takeFunction();
  if (name === undefined) return { kind: "path", path: tokens.path() };
  if (name === "size") return parseSize(tokens);
  throw tokens.invalid(`The function is not allowed to be used this way in an expression; function: ${name}`);
}

function parseSize(tokens: Tokens): Operand {
  const path = tokens.path();
  tokens.expectSymbol(")");
  return { kind: "size", path };
}

function parseList(tokens: Tokens): Operand[] {
  tokens.expectSymbol("(");
  const list = [parseOperand(tokens)];
  while (tokens.takeSymbol(",")) list.push(parseOperand(tokens));
  tokens.expectSymbol(")");
  if (list.length > MAX_LIST) throw tokens.invalid("The IN operator is provided with too many operands");
  return list;
}

/** Every path that a condition names. */
export function pathsOf(condition: Condition): Path[] {
  const inOperands = (...operands: Operand[]): Path[] =>
    operands.flatMap((operand) => (operand.kind === "value" ? [] : [operand.path]));
  switch (condition.kind) {
    case "and":
    case "or":
      return [...pathsOf(condition.left), ...pathsOf(condition.right)];
    case "not":
      return pathsOf(condition.condition);
    case "compare":
      return inOperands(condition.left, condition.right);
    case "between":
      return inOperands(condition.operand, condition.low, condition.high);
    case "in":
      return inOperands(condition.operand, ...condition.list);
    case "exists":
    case "absent":
      return [condition.path];
    default:
      return inOperands(condition.subject, condition.operand);
  }
}

export function holds(condition: Condition, scope: Scope, item: Item | undefined): boolean {
  switch (condition.kind) {
    case "and":
      return holds(condition.left, scope, item) && holds(condition.right, scope, item);
    case "or":
      return holds(condition.left, scope, item) || holds(condition.right, scope, item);
    case "not":
      return !holds(condition.condition, scope, item);
    case "exists":
      return valueAt(scope, item, condition.path) !== undefined;
    case "absent":
      return valueAt(scope, item, condition.path) === undefined;
    case "compare":
      return compares(read(condition.left, scope, item), condition.comparator, read(condition.right, scope, item));
    case "between": {
      const value = read(condition.operand, scope, item);
      const [low, high] = [read(condition.low, scope, item), read(condition.high, scope, item)];
      return compares(value, ">=", low) && compares(value, "<=", high);
    }
    case "in": {
      const value = read(condition.operand, scope, item);
      return condition.list.some((operand) => compares(value, "=", read(operand, scope, item)));
    }
    default: {
      const value = read(condition.subject, scope, item);
      const operand = read(condition.operand, scope, item);
      return value !== undefined && operand !== undefined && FUNCTIONS[condition.kind](value, operand);
    }
  }
}

const FUNCTIONS = {
  begins_with: (value, prefix) =>
    (value.S !== undefined && prefix.S !== undefined && value.S.startsWith(prefix.S)) ||
    (value.B !== undefined && prefix.B !== undefined && Buffer.from(value.B).indexOf(prefix.B) === 0),
  contains: (value, part) => {
    if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
    if (value.SS !== undefined) return part.S !== undefined && value.SS.includes(part.S);
    if (value.NS !== undefined) return part.N !== undefined && value.NS.includes(part.N);
    if (value.BS !== undefined) return value.BS.some((B) => isSameValue({ B }, part));
    if (value.B !== undefined) return part.B !== undefined && Buffer.from(value.B).includes(Buffer.from(part.B));
    return value.L?.some((element) => isSameValue(element, part)) ?? false;
  },
  attribute_type: (value, { S: type }) => typeOf(value) === type,
} as const satisfies Record<string, (value: AttributeValue, operand: AttributeValue) => boolean>;

function read(operand: Operand, scope: Scope, item: Item | undefined): AttributeValue | undefined {
  if (operand.kind === "value") return valueFor(scope, operand.value);
  const value = valueAt(scope, item, operand.path);
  return operand.kind === "path" || value === undefined ? value : sizeAsked(value);
}

/** What `size` answers: characters of text, bytes of a binary value, elements of all others that have some. */
function sizeAsked({ S, B, SS, NS, BS, L, M }: AttributeValue): AttributeValue | undefined {
  const size = (S ?? B ?? SS ?? NS ?? BS ?? L ?? (M && Object.keys(M)))?.length;
  return size === undefined ? undefined : { N: String(size) };
}

function compares(
  left: AttributeValue | undefined,
  comparator: Comparator,
  right: AttributeValue | undefined,
): boolean {
  if (left === undefined || right === undefined) return comparator === "<>";
  if (comparator === "=") return isSameValue(left, right);
  if (comparator === "<>") return !isSameValue(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  switch (comparator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}
