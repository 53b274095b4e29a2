/** A positional argument of a command, declared once: what its help shows, and the type of its value. */
export interface ArgumentSpec<Value> {
  /** As commander reads it: `<name>`, or `<files...>` for one or more. */
  readonly syntax: string;
  readonly description: string;
  /** Never set: it only carries the type. */
  readonly value?: Value;
}

/** The arguments of a command by the names under which it gets them, in their order. */
export type ArgumentSpecs = Readonly<Record<string, ArgumentSpec<unknown>>>;

/** What a command gets for its arguments. */
export type ArgumentsOf<Specs extends ArgumentSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends ArgumentSpec<infer Value> ? Value : never;
};

/** The argument of every command that is about one resource. */
export const resourceArgument: ArgumentSpec<string> = {
  syntax: "<name>",
  description: "the resource, such as gpt-4 or openai/gpt-4o",
};
