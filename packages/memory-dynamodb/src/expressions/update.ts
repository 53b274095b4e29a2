import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { invalid, schemaMismatch, validationError } from "../errors.ts";
import type { Item } from "../model.ts";
import { type AttributeType, TYPE_NAMES, typeOf } from "../values/attribute-value.ts";
import { addNumbers, subtractNumbers } from "../values/decimal.ts";
import { addMembers, deleteMembers, isEmptySet } from "../values/sets.ts";
import type { Path } from "./parsed.ts";
import { assertApart, resolvePath, valueAt } from "./path.ts";
import { type Scope, valueFor } from "./scope.ts";
import type { Tokens } from "./tokenizer.ts";
import { invalidPath, removedAt, writtenAt } from "./written.ts";

type Operand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "if_not_exists"; readonly path: Path; readonly otherwise: Operand }
  | { readonly kind: "list_append" | "+" | "-"; readonly left: Operand; readonly right: Operand };

/** What an update does to one attribute, or to something in it. */
export type UpdateAction =
  | { readonly kind: "SET"; readonly path: Path; readonly operand: Operand }
  | { readonly kind: "REMOVE"; readonly path: Path }
  | { readonly kind: "ADD" | "DELETE"; readonly path: Path; readonly value: string };

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
  if (name === "list_append") {
    const left = parseTerm(tokens);
    tokens.expectSymbol(",");
    const right = parseTerm(tokens);
    tokens.expectSymbol(")");
    return { kind: name, left, right };
  }
  if (name !== "if_not_exists") throw tokens.invalid(`Invalid function name; function: ${name}`);
  const path = tokens.path();
  tokens.expectSymbol(",");
  const otherwise = parseTerm(tokens);
  tokens.expectSymbol(")");
  return { kind: "if_not_exists", path, otherwise };
}

/** Refuses what can be refused without the item: see {@link applyUpdate} for the rest. */
export function assertUpdate(actions: readonly UpdateAction[], scope: Scope, isKey: (name: string) => boolean): void {
  const paths = actions.map(({ path }) => resolvePath(scope, path));
  if (paths.length > 1) assertApart("UpdateExpression", paths);
  for (const action of actions) {
    if (action.kind !== "ADD" && action.kind !== "DELETE") continue;
    const type = typeOf(valueFor(scope, action.value));
    if (OPERANDS[action.kind].has(type)) continue;
    throw validationError(
      `Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ${action.kind}, ` +
        `operand type: ${TYPE_NAMES[type]}, typeSet: ALLOWED_FOR_${action.kind}_OPERAND`,
    );
  }
  const [key] = paths.find(([name]) => isKey(name)) ?? [];
  if (key === undefined) return;
  throw schemaMismatch(invalid(`Cannot update attribute ${key}. This attribute is part of the key`));
}

/** The item as an update leaves it. Every operand is read from the item as it was, and every index means its place there. */
export function applyUpdate(actions: readonly UpdateAction[], scope: Scope, item: Item): Item {
  let after: Item = { ...item };
  const removed: Path[] = [];
  for (const action of actions.length > 1 ? inOrder(actions) : actions) {
    const path = resolvePath(scope, action.path);
    const before = valueAt(scope, item, action.path);
    const value = result(action, scope, item, before);
    if (value !== undefined) after = writtenAt(after, path, value);
    else if (path.length === 1 || before !== undefined) removed.push(path);
    else assertParent(scope, item, path);
  }
  for (const path of removed.reverse()) after = removedAt(after, path);
  return after;
}

/** What is written beyond the end of a list is appended, in the order of the indexes; the last element is removed first. */
function inOrder(actions: readonly UpdateAction[]): readonly UpdateAction[] {
  const indexOf = ({ path }: UpdateAction): number => {
    const last = path.at(-1);
    return typeof last === "number" ? last : -1;
  };
  return actions.some((action) => indexOf(action) >= 0) ? actions.toSorted((a, b) => indexOf(a) - indexOf(b)) : actions;
}

/** Of something that can be there, nothing is removed where it is not. */
function assertParent(scope: Scope, item: Item, path: Path): void {
  const parent = valueAt(scope, item, path.slice(0, -1) as unknown as Path);
  if (parent?.M === undefined && parent?.L === undefined) throw invalidPath();
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
      const value = valueAt(scope, item, operand.path);
      if (value !== undefined) return value;
      throw validationError("The provided expression refers to an attribute that does not exist in the item");
    }
    case "if_not_exists":
      return valueAt(scope, item, operand.path) ?? evaluate(operand.otherwise, scope, item);
    case "list_append": {
      const [left, right] = [evaluate(operand.left, scope, item).L, evaluate(operand.right, scope, item).L];
      return left === undefined || right === undefined ? wrongType() : { L: [...left, ...right] };
    }
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
