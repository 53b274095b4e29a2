import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { validationError } from "../errors.ts";
import type { Item } from "../model.ts";
import type { ExpressionKind, Path } from "./parsed.ts";
import { attributeOf, type Scope } from "./scope.ts";

/** A path with the names that its placeholders stand for. */
export function resolvePath(scope: Scope, path: Path): Path {
  return path.map((step) => (typeof step === "string" ? attributeOf(scope, step) : step)) as [string];
}

/** What an item has at a path. */
export function valueAt(scope: Scope, item: Item | undefined, path: Path): AttributeValue | undefined {
  let value = item?.[attributeOf(scope, path[0])];
  for (let i = 1; i < path.length && value !== undefined; i++) {
    const step = path[i] as string | number;
    value = typeof step === "number" ? value.L?.[step] : value.M?.[attributeOf(scope, step)];
  }
  return value;
}

/** Refuses an expression that means one thing twice, or a thing and something in it. */
export function assertApart(kind: ExpressionKind, paths: readonly Path[]): void {
  for (const [i, path] of paths.entries()) {
    for (const other of paths.slice(0, i)) {
      const parting = path.findIndex((step, at) => step !== other[at]);
      const isOverlap = parting === -1 || parting >= other.length;
      if (!isOverlap && typeof path[parting] === typeof other[parting]) continue;
      throw validationError(
        `Invalid ${kind}: Two document paths ${isOverlap ? "overlap" : "conflict"} with each other; must remove or ` +
          `rewrite one of these paths; path one: ${show(other)}, path two: ${show(path)}`,
      );
    }
  }
}

function show(path: Path): string {
  return `[${path.map((step) => (typeof step === "number" ? `[${step}]` : step)).join(", ")}]`;
}
