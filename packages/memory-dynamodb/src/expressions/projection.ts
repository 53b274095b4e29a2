import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "../model.ts";
import { copyItem } from "../values/attribute-value.ts";
import type { Parsed, Path } from "./parsed.ts";
import { assertApart, resolvePath } from "./path.ts";
import type { Scope } from "./scope.ts";
import type { Tokens } from "./tokenizer.ts";

/** What is wanted of a value: all of it, or some of its elements. */
type Wanted = Map<string | number, Wanted> | "all";

export function parseProjection(tokens: Tokens): readonly Path[] {
  const paths = [tokens.path()];
  while (tokens.takeSymbol(",")) paths.push(tokens.path());
  tokens.expectEnd();
  return paths;
}

/** How a request gives items back: copies of what it wants of them. */
export function projection(
  parsed: Parsed<readonly Path[]> | undefined,
  scope: Scope,
): (item: Item) => Record<string, AttributeValue> {
  if (parsed === undefined) return copyItem;
  const paths = parsed.expression.map((path) => resolvePath(scope, path));
  assertApart(parsed.kind, paths);
  return picking(paths);
}

/** Copies what an item has at these paths, within the maps and lists that they lead through. */
export function picking(paths: readonly Path[]): (item: Item) => Record<string, AttributeValue> {
  const root: Map<string | number, Wanted> = new Map();
  for (const path of paths) {
    let level = root;
    for (const step of path.slice(0, -1)) {
      const next = level.get(step);
      const inner: Wanted = next === undefined || next === "all" ? new Map() : next;
      level.set(step, inner);
      level = inner;
    }
    level.set(path.at(-1) as string | number, "all");
  }
  return (item) => copyItem(pickFrom(item, root));
}

function pickFrom(item: Item, wanted: ReadonlyMap<string | number, Wanted>): Item {
  const found: Record<string, AttributeValue> = {};
  for (const [name, inner] of wanted) {
    const value = pickValue(item[name], inner);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function pickValue(value: AttributeValue | undefined, wanted: Wanted): AttributeValue | undefined {
  if (value === undefined || wanted === "all") return value;
  if (value.M !== undefined) {
    const M = pickFrom(value.M, wanted);
    return Object.keys(M).length === 0 ? undefined : { M };
  }
  const L = value.L?.flatMap((element, i) => pickValue(element, wanted.get(i) ?? new Map()) ?? []);
  return L === undefined || L.length === 0 ? undefined : { L };
}
