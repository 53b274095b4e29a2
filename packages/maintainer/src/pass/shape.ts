/** What was read back is not what was written: where in it, and what stands there. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** Reads a value of unknown shape as a `T`, or throws a {@link ShapeError} that names the place. */
export type Parser<T> = (value: unknown, at: string) => T;

/** One parser for every property: a property that is added to `T` does not compile until it is parsed too. */
type PropertyParsers<T> = { readonly [K in keyof T]-?: Parser<T[K]> };

/** The most milliseconds that a date has. Source: ECMAScript, "Time Values and Time Range". */
const MAX_EPOCH_MS = 8.64e15;

/** An object with these properties. Others are left out, as a newer version's might be. */
export function object<T extends object>(properties: PropertyParsers<T>): Parser<T> {
  return (value, at) => {
    const found = record(value, at);
    const parsed = Object.entries<Parser<unknown>>(properties).flatMap(([name, parse]) => {
      const property = parse(Object.hasOwn(found, name) ? found[name] : undefined, `${at}.${name}`);
      return property === undefined ? [] : [[name, property] as const];
    });
    return Object.fromEntries(parsed) as T;
  };
}

/** An object that is no list, with any properties. */
export function record(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw mismatch(value, at, "no object");
  return value as Record<string, unknown>;
}

/** A list of these. */
export function list<T>(element: Parser<T>): Parser<T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw mismatch(value, at, "no list");
    return value.map((each, i) => element(each, `${at}[${i}]`));
  };
}

/** One of these, or nothing. */
export function optional<T>(parse: Parser<T>): Parser<T | undefined> {
  return (value, at) => (value === undefined ? undefined : parse(value, at));
}

/** One of these, or `null`. */
export function nullable<T>(parse: Parser<T>): Parser<T | null> {
  return (value, at) => (value === null ? null : parse(value, at));
}

/** Exactly this value. */
export function exactly<T extends string | number>(expected: T): Parser<T> {
  return (value, at) => {
    if (value !== expected) throw mismatch(value, at, `not ${expected}`);
    return expected;
  };
}

export function text(value: unknown, at: string): string {
  if (typeof value !== "string") throw mismatch(value, at, "no text");
  return value;
}

export function flag(value: unknown, at: string): boolean {
  if (typeof value !== "boolean") throw mismatch(value, at, "neither true nor false");
  return value;
}

/** How many of something. */
export function count(value: unknown, at: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw mismatch(value, at, "no whole number from 0 up");
  return value as number;
}

/** How much of something. */
export function amount(value: unknown, at: string): number {
  if (!Number.isFinite(value) || (value as number) < 0) throw mismatch(value, at, "no number from 0 up");
  return value as number;
}

/** A moment, in milliseconds since 1970. */
export function moment(value: unknown, at: string): number {
  if (amount(value, at) > MAX_EPOCH_MS) throw mismatch(value, at, "no moment");
  return value as number;
}

/** Says what stands there by its kind alone: the value may be of any size, and another's. */
function mismatch(value: unknown, at: string, problem: string): ShapeError {
  const kind = value === null ? "null" : Array.isArray(value) ? "a list" : `of type ${typeof value}`;
  return new ShapeError(`${at} is ${problem} (it is ${kind})`);
}
