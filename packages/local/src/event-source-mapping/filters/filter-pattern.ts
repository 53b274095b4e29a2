import { fieldOf } from "./dotted-fields.ts";

/** Says whether a value satisfies a pattern; `undefined` stands for a field that is not there. */
export type Matcher = (value: unknown) => boolean;

/** A pattern that Lambda would refuse as an "Invalid filter pattern definition". */
export class FilterPatternError extends Error {
  override readonly name = "FilterPatternError";
}

type Leaf = string | number | boolean | null;

/** The largest number Lambda compares, either side of zero. Source: aws/event-ruler, "Numeric matching". */
const MAX_COMPARED_NUMBER = 5e9;

const COMPARISONS = new Map<unknown, (value: number, bound: number) => boolean>([
  ["=", (value, bound) => value === bound],
  ["<", (value, bound) => value < bound],
  ["<=", (value, bound) => value <= bound],
  [">", (value, bound) => value > bound],
  [">=", (value, bound) => value >= bound],
]);

/** The operators Lambda documents besides `exists`, each from its operand to a test of one leaf. */
const LEAF_OPERATORS = new Map<string, (operand: unknown, path: string) => (leaf: Leaf) => boolean>([
  ["anything-but", anythingBut],
  ["equals-ignore-case", equalsIgnoreCase],
  ["numeric", numeric],
  ["prefix", prefix],
  ["suffix", suffix],
]);

/**
 * Compiles a filter pattern of Lambda's event filtering.
 *
 * Own code: npm has no port of AWS's event-ruler to use. What it does follows event-ruler: fields of an object are ANDed,
 * values of a list are ORed, a list in the event matches when one of its members does, and `exists` looks at leaves
 * alone, so `exists: false` holds on an attribute of a DynamoDB image, which is never a leaf. A field is its path: one
 * named `state.status` and a `status` within `state` are the same, in the pattern and in the event.
 * It differs on purpose in two places: where event-ruler reads a malformed `$or` as a field of that name, this refuses
 * it; and under a list in the event, `exists: false` holds if it does for one member, not only if it does for all.
 *
 * @throws FilterPatternError when Lambda would refuse the pattern
 */
export function compilePattern(pattern: unknown, path = "pattern"): Matcher {
  demand(isObject(pattern), `${path} must be a JSON object, such as {"eventName": ["INSERT"]}`);
  const fields = Object.entries(pattern).map(([name, rule]) => compileField(name, rule, `${path}.${name}`));
  demand(fields.length > 0, `${path} must name at least one field`);
  return anyMember((value) => fields.every((field) => field(value)));
}

/** A list matches when one of its members does. */
function anyMember(matchesOne: Matcher): Matcher {
  return (value) =>
    Array.isArray(value) && value.length > 0
      ? value.flat(Number.POSITIVE_INFINITY).some(matchesOne)
      : matchesOne(value);
}

function compileField(name: string, rule: unknown, path: string): Matcher {
  if (name === "$or") return compileOr(rule, path);
  const matches = Array.isArray(rule) ? compileRules(rule, path) : compilePattern(rule, path);
  const [outermost = "", ...inner] = name.split(".");
  const within = (field: string, rest: Matcher): Matcher => {
    return (value) => rest(isObject(value) ? fieldOf(value, field) : undefined);
  };
  const innermost = inner.reduceRight((rest, field) => anyMember(within(field, rest)), matches);
  return within(outermost, innermost);
}

function compileOr(rule: unknown, path: string): Matcher {
  demand(Array.isArray(rule) && rule.length > 1, `${path} must be a list of two or more patterns`);
  const alternatives = rule.map((alternative, index) => compilePattern(alternative, `${path}[${index}]`));
  return (value) => alternatives.some((matches) => matches(value));
}

function compileRules(rules: readonly unknown[], path: string): Matcher {
  demand(rules.length > 0, `${path} must list at least one value`);
  const tests = rules.map((rule) => compileRule(rule, path));
  return (value) => {
    const leaves = leavesOf(value);
    return tests.some((test) => test(leaves));
  };
}

function compileRule(rule: unknown, path: string): (leaves: readonly Leaf[]) => boolean {
  if (isLeaf(rule)) return (leaves) => leaves.includes(rule);
  const [[operator, operand] = ["", undefined], ...others] = isObject(rule) ? Object.entries(rule) : [];
  if (operator === "exists" && others.length === 0 && typeof operand === "boolean") {
    return (leaves) => leaves.length > 0 === operand;
  }
  const compile = LEAF_OPERATORS.get(operator);
  const known = ["exists", ...LEAF_OPERATORS.keys()].join(", ");
  demand(
    compile !== undefined && others.length === 0,
    `${path} has ${JSON.stringify(rule)}; use a plain value or an object of one operator of ${known}, for Lambda documents no other`,
  );
  const test = compile(operand, path);
  return (leaves) => leaves.some(test);
}

function anythingBut(operand: unknown, path: string): (leaf: Leaf) => boolean {
  const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const [type, ...otherTypes] = new Set(excluded.map((value) => typeof value));
  const holds = otherTypes.length === 0 && (type === "string" || type === "number");
  demand(holds, `${path}: anything-but takes a string, a number, or a list of only one of them`);
  return (leaf) => !excluded.includes(leaf);
}

function equalsIgnoreCase(operand: unknown, path: string): (leaf: Leaf) => boolean {
  demand(typeof operand === "string", `${path}: equals-ignore-case takes a string`);
  const folded = operand.toLowerCase();
  return (leaf) => typeof leaf === "string" && leaf.toLowerCase() === folded;
}

function prefix(operand: unknown, path: string): (leaf: Leaf) => boolean {
  demand(typeof operand === "string", `${path}: prefix takes a string`);
  return (leaf) => typeof leaf === "string" && leaf.startsWith(operand);
}

function suffix(operand: unknown, path: string): (leaf: Leaf) => boolean {
  demand(typeof operand === "string", `${path}: suffix takes a string`);
  return (leaf) => typeof leaf === "string" && leaf.endsWith(operand);
}

/** `["=", 5]`, `["<", 5]`, or a range from a lower to an upper bound: `[">", 0, "<=", 5]`. */
function numeric(operand: unknown, path: string): (leaf: Leaf) => boolean {
  const problem = `${path}: numeric takes ["=", 5], ["<", 5] or a range such as [">", 0, "<=", 5], up to ±${MAX_COMPARED_NUMBER}`;
  demand(Array.isArray(operand) && (operand.length === 2 || operand.length === 4), problem);
  const [lower, low, upper, high] = operand;
  const isRange = operand.length === 4;
  const isOrdered = typeof low === "number" && typeof high === "number" && low < high;
  demand(!isRange || ([">", ">="].includes(lower) && ["<", "<="].includes(upper) && isOrdered), problem);
  const tests = (
    isRange
      ? [
          [lower, low],
          [upper, high],
        ]
      : [[lower, low]]
  ).map(([symbol, bound]) => {
    const compare = COMPARISONS.get(symbol);
    demand(compare !== undefined && typeof bound === "number" && Math.abs(bound) <= MAX_COMPARED_NUMBER, problem);
    return (value: number) => compare(value, bound);
  });
  return (leaf) => typeof leaf === "number" && tests.every((test) => test(leaf));
}

/** The plain values of a field: itself, or the members of a list. Objects are not leaves, and null is one. */
function leavesOf(value: unknown): readonly Leaf[] {
  return Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY).filter(isLeaf) : isLeaf(value) ? [value] : [];
}

function isLeaf(value: unknown): value is Leaf {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function demand(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new FilterPatternError(problem);
}
