import { validationError } from "../errors.ts";
import type { ExpressionKind } from "./tokenizer.ts";

/** Refuses an expression that names an attribute twice. */
export function assertApart(kind: ExpressionKind, attributes: readonly string[]): void {
  const twice = attributes.find((name, i) => attributes.indexOf(name) < i);
  if (twice === undefined) return;
  throw validationError(
    `Invalid ${kind}: Two document paths overlap with each other; must remove or rewrite one of these paths; ` +
      `path one: [${twice}], path two: [${twice}]`,
  );
}
