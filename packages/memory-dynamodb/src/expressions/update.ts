import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { invalid, schemaMismatch, UnsupportedError, validationError } from "../errors.ts";
import type { Item } from "../model.ts";
import { type AttributeType, TYPE_NAMES, typeOf } from "../values/attribute-value.ts";
import { addNumbers, subtractNumbers } from "../values/decimal.ts";
import { addMembers, deleteMembers, isEmptySet } from "../values/sets.ts";
import { assertApart } from "./overlap.ts";
import { attributeOf, type Scope, valueFor } from "./scope.ts";
import type { Tokens } from "./tokenizer.ts";

type Operand =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "if_not_exists"; readonly path: string; readonly otherwise: Operand }
  | { readonly kind: "+" | "-"; readonly left: Operand; readonly right: Operand };

/** What an update does to one attribute. */
export type UpdateAction =
  | { readonly kind: "SET"; readonly path: string; readonly operand: Operand }
  | { readonly kind: "REMOVE"; readonly path: string }
  | { readonly kind: "ADD" | "DELETE"; readonly path: string; readonly value: string };

const SECTIONS = ["SET", "REMOVE", "ADD", "DELETE"] as const;

/** Which types ADD and DELETE take. */
const OPERANDS = {
  ADD: new Set<AttributeType>(["N", "SS", "NS", "BS"]),
  DELETE: new Set<AttributeType>(["SS", "NS", "BS"]),
} as const;

export function parseUpdate(tokens: Tokens): readonly UpdateAction[] {
  const actions: UpdateAction[] = [];
  const seen = new Set<string>();
  while (tokens.next.type !== "end") {
    const section = SECTIONS.find((word) => tokens.takeWord(word));
    if (section === undefined) throw tokens.syntaxError();
    if (seen.has(section)) {
      throw tokens.invalid(`The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    do actions.push(parseAction(tokens, section));
    while (tokens.takeSymbol(","));
  }
  return actions;
}

function parseAction(tokens: Tokens, kind: (typeof SECTIONS)[number]): UpdateAction {
  const path = tokens.path();
  if (kind === "REMOVE") return { kind, path };
  if (kind !== "SET") return { kind, path, value: tokens.value() };
  tokens.expectSymbol("=");
  return { kind, path, operand: parseOperand(tokens) };
}

function parseOperand(tokens: Tokens): Operand {
  const left = parseTerm(tokens);
  if (tokens.takeSymbol("+")) return { kind: "+", left, right: parseTerm(tokens) };
  if (tokens.takeSymbol("-")) return { kind: "-", left, right: parseTerm(tokens) };
  return left;
}

function parseTerm(tokens: Tokens): Operand {
  if (tokens.takeSymbol("(")) {
    const operand = parseOperand(tokens);
    tokens.expectSymbol(")");
    return operand;
  }
  if (tokens.next.type === ":value") return { kind: "value", value: tokens.value() };
  const name = tokens.takeFunction();
  if (name === undefined) return { kind: "path", path: tokens.path() };
  if (name === "list_append") throw new UnsupportedError("list_append");
  if (name !== "if_not_exists") throw tokens.invalid(`Invalid function name; function: ${name}`);
  const path = tokens.path();
  tokens.expectSymbol(",");
  const otherwise = parseTerm(tokens);
  tokens.expectSymbol(")");
  return { kind: "if_not_exists", path, otherwise };
}

/** Refuses what can be refused without the item: see {@link applyUpdate} for the rest. */
export function assertUpdate(actions: readonly UpdateAction[], scope: Scope, isKey: (name: string) => boolean): void {
  const attributes = actions.map(({ path }) => attributeOf(scope, path));
  assertApart("UpdateExpression", attributes);
  for (const action of actions) {
    if (action.kind !== "ADD" && action.kind !== "DELETE") continue;
    const type = typeOf(valueFor(scope, action.value));
    if (OPERANDS[action.kind].has(type)) continue;
    throw validationError(
      `Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ${action.kind}, ` +
        `operand type: ${TYPE_NAMES[type]}, typeSet: ALLOWED_FOR_${action.kind}_OPERAND`,
    );
  }
  const key = attributes.find(isKey);
  if (key === undefined) return;
  throw schemaMismatch(invalid(`Cannot update attribute ${key}. This attribute is part of the key`));
}

/** The item as an update leaves it. Every operand is read from the item as it was. */
export function applyUpdate(actions: readonly UpdateAction[], scope: Scope, item: Item): Item {
  const after = { ...item };
  for (const action of actions) {
    const name = attributeOf(scope, action.path);
    const value = result(action, scope, item, item[name]);
    if (value === undefined) delete after[name];
    else after[name] = value;
  }
  return after;
}

function result(
  action: UpdateAction,
  scope: Scope,
  item: Item,
  before: AttributeValue | undefined,
): AttributeValue | undefined {
  switch (action.kind) {
    case "SET":
      return evaluate(action.operand, scope, item);
    case "REMOVE":
      return undefined;
    case "ADD": {
      const operand = valueFor(scope, action.value);
      if (before === undefined) return operand;
      if (before.N !== undefined && operand.N !== undefined) return { N: addNumbers(before.N, operand.N) };
      return addMembers(before, operand) ?? wrongType();
    }
    case "DELETE": {
      if (before === undefined) return undefined;
      const left = deleteMembers(before, valueFor(scope, action.value)) ?? wrongType();
      return isEmptySet(left) ? undefined : left;
    }
  }
}

function evaluate(operand: Operand, scope: Scope, item: Item): AttributeValue {
  switch (operand.kind) {
    case "value":
      return valueFor(scope, operand.value);
    case "path": {
      const value = item[attributeOf(scope, operand.path)];
      if (value !== undefined) return value;
      throw validationError("The provided expression refers to an attribute that does not exist in the item");
    }
    case "if_not_exists":
      return item[attributeOf(scope, operand.path)] ?? evaluate(operand.otherwise, scope, item);
    case "+":
    case "-": {
      const [left, right] = [evaluate(operand.left, scope, item).N, evaluate(operand.right, scope, item).N];
      if (left === undefined || right === undefined) return wrongType();
      return { N: operand.kind === "+" ? addNumbers(left, right) : subtractNumbers(left, right) };
    }
  }
}

function wrongType(): never {
  throw validationError("An operand in the update expression has an incorrect data type");
}
