import type { ExpressionKind } from "./tokenizer.ts";

/** An expression that has been read, with the placeholders in it. */
export interface Parsed<T> {
  readonly kind: ExpressionKind;
  readonly expression: T;
  readonly names: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
}
