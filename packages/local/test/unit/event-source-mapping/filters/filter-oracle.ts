/** A pattern's fields in one of the combinations that `$or` allows: paths, and the rules of which one must hold there. */
type Combination = readonly { path: readonly string[]; rules: readonly unknown[] }[];

type Node = Readonly<Record<string, unknown>>;

/**
 * What Lambda's guide says of filter patterns, word by word and without regard to time: `$or` multiplied out, every list
 * of objects replaced by each of its members in turn, every rule read by itself.
 */
export function matchesByTheGuide(pattern: Node, record: Node): boolean {
  return viewsOf(record).some((view) =>
    combinationsOf(pattern).some((combination) =>
      combination.every(({ path, rules }) => rules.some((rule) => holds(rule, leavesAt(view, path)))),
    ),
  );
}

function combinationsOf(pattern: Node, path: readonly string[] = []): Combination[] {
  let combinations: Combination[] = [[]];
  for (const [name, rule] of Object.entries(pattern)) {
    const inner = [...path, name];
    const alternatives: Combination[] =
      name === "$or"
        ? (rule as Node[]).flatMap((each) => combinationsOf(each, path))
        : Array.isArray(rule)
          ? [[{ path: inner, rules: rule }]]
          : combinationsOf(rule as Node, inner);
    combinations = combinations.flatMap((left) => alternatives.map((right) => [...left, ...right]));
  }
  return combinations;
}

/** The value with each list of objects replaced by one of its members, in every combination. */
function viewsOf(value: unknown): unknown[] {
  if (Array.isArray(value) && value.some((member) => typeof member === "object" && member !== null)) {
    return value.flatMap(viewsOf);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [value];
  let views: object[] = [{}];
  for (const [name, inner] of Object.entries(value)) {
    const choices = viewsOf(inner);
    views = views.flatMap((view) => choices.map((choice) => ({ ...view, [name]: choice })));
  }
  return views;
}

function leavesAt(view: unknown, path: readonly string[]): unknown[] {
  let value = view;
  for (const name of path) value = Object.entries(value ?? {}).find(([known]) => known === name)?.[1];
  return [value].flat().filter((leaf) => leaf === null || ["string", "number", "boolean"].includes(typeof leaf));
}

function holds(rule: unknown, leaves: readonly unknown[]): boolean {
  if (typeof rule !== "object" || rule === null) return leaves.some((leaf) => leaf === rule);
  const [operator, operand] = Object.entries(rule)[0] as [string, unknown];
  if (operator === "exists") return operand ? leaves.length > 0 : leaves.length === 0;
  return leaves.some((leaf) => {
    if (operator === "anything-but") return ![operand].flat().includes(leaf);
    if (operator === "numeric") return typeof leaf === "number" && isInRange(leaf, operand as (string | number)[]);
    if (typeof leaf !== "string" || typeof operand !== "string") return false;
    if (operator === "prefix") return leaf.slice(0, operand.length) === operand;
    if (operator === "suffix") return operand === "" || leaf.slice(-operand.length) === operand;
    return leaf.toUpperCase() === operand.toUpperCase();
  });
}

function isInRange(value: number, [symbol, bound, ...others]: (string | number)[]): boolean {
  if (bound === undefined) return true;
  const order = Math.sign(value - Number(bound));
  const allowed = { "=": [0], "<": [-1], "<=": [-1, 0], ">": [1], ">=": [1, 0] }[String(symbol)];
  return allowed?.includes(order) === true && isInRange(value, others);
}
