import type { KnownTarget } from "../connection/target.ts";

/** Explains errors of one kind; `undefined` for any other. */
export type Rule = (error: Error, target: KnownTarget) => string | undefined;

/** One explanation for each of several names of errors. */
export type Explanations = Readonly<Record<string, (error: Error, target: KnownTarget) => string>>;

/** A rule for errors by their `name`. */
export function byName(explanations: Explanations): Rule {
  return (error, target) =>
    Object.hasOwn(explanations, error.name) ? explanations[error.name]?.(error, target) : undefined;
}

/** A rule for errors by their `code`, as Node gives one to its own. */
export function byCode(explanations: Explanations): Rule {
  return (error, target) => {
    const code = codeOf(error);
    return Object.hasOwn(explanations, code) ? explanations[code]?.(error, target) : undefined;
  };
}

/** The code of an error of Node's, or an empty text. */
export function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : "";
}

/** A text with its full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
