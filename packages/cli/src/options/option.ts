import { Option } from "commander";

/** An option of a command, declared once: what its help shows, how its value is read, and the value's type. */
export interface OptionSpec<Value> {
  /** A new option of commander's, which keeps state in them. */
  create(): Option;
  /** Whether a command line without it is wrong. */
  readonly isRequired?: true;
  /** Never set: it only carries the type. */
  readonly value?: Value;
}

/** The options of a command by the names under which it gets them: `dryRun` for `--dry-run`. */
export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;

/** What a command gets for its options. */
export type ValuesOf<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer Value> ? Value : never;
};

/** A switch: `--dry-run`. */
export function flag(flags: string, description: string): OptionSpec<boolean | undefined> {
  return { create: () => new Option(flags, description) };
}

/** Any text: `--cursor <file>`. */
export function text(flags: string, description: string, group?: string): OptionSpec<string | undefined> {
  return option(flags, description, (option) => (group === undefined ? option : option.helpGroup(group)));
}

/** Any other option, with its parser, its default or its choices. */
export function option<Value>(
  flags: string,
  description: string,
  complete: (option: Option) => Option,
): OptionSpec<Value> {
  return { create: () => complete(new Option(flags, description)) };
}
