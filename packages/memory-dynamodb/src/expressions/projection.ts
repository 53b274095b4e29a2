import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "../model.ts";
import { copyItem } from "../values/attribute-value.ts";
import { assertApart } from "./overlap.ts";
import type { Parsed } from "./parsed.ts";
import { attributeOf, type Scope } from "./scope.ts";
import type { Tokens } from "./tokenizer.ts";

export function parseProjection(tokens: Tokens): readonly string[] {
  const paths = [tokens.path()];
  while (tokens.takeSymbol(",")) paths.push(tokens.path());
  tokens.expectEnd();
  return paths;
}

/** How a request gives items back: copies of those of their attributes that it wants. */
export function projection(
  parsed: Parsed<readonly string[]> | undefined,
  scope: Scope,
): (item: Item) => Record<string, AttributeValue> {
  if (parsed === undefined) return copyItem;
  const wanted = parsed.expression.map((path) => attributeOf(scope, path));
  assertApart(parsed.kind, wanted);
  return (item) => {
    const found: Record<string, AttributeValue> = {};
    for (const name of wanted) if (item[name] !== undefined) found[name] = item[name];
    return copyItem(found);
  };
}
