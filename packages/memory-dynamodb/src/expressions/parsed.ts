/** A kind of expression, by the request's parameter. */
export type ExpressionKind =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "ProjectionExpression"
  | "UpdateExpression";

/** An attribute's name, and the way from it into its value: names in maps, indexes in lists. Names may be placeholders. */
export type Path = readonly [string, ...(string | number)[]];

/** An expression that has been read, with the placeholders in it. */
export interface Parsed<T> {
  readonly kind: ExpressionKind;
  readonly expression: T;
  readonly names: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
}
