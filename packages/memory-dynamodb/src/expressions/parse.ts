import { parseCondition } from "./condition.ts";
import type { ExpressionKind, Parsed } from "./parsed.ts";
import { parseProjection } from "./projection.ts";
import { Tokens } from "./tokenizer.ts";
import { parseUpdate } from "./update.ts";

export const parsedCondition = cached("ConditionExpression", parseCondition);
export const parsedFilter = cached("FilterExpression", parseCondition);
export const parsedKeyCondition = cached("KeyConditionExpression", parseCondition);
export const parsedProjection = cached("ProjectionExpression", parseProjection);
export const parsedUpdate = cached("UpdateExpression", parseUpdate);

/** A program has few expressions, and sends each of them again and again. */
function cached<T>(
  kind: ExpressionKind,
  parse: (tokens: Tokens) => T,
): (text: string | undefined) => Parsed<T> | undefined {
  const known = new Map<string, Parsed<T>>();
  return (text) => {
    if (text === undefined) return undefined;
    const parsed = known.get(text);
    if (parsed !== undefined) return parsed;
    const tokens = new Tokens(kind, text);
    const fresh = { kind, expression: parse(tokens), names: tokens.names, values: tokens.values };
    known.set(text, fresh);
    return fresh;
  };
}
