import { InvalidDefinitionError } from "./errors.ts";

/** What a template may leave open. */
export type Placeholder = "member" | "scope" | "shard";

/** What a text says for each placeholder of its template. */
export type Values = { readonly [Name in Placeholder]?: string };

/** A template without its brackets: literals with placeholders between them, one literal more than placeholders. */
export interface Pattern {
  readonly literals: readonly string[];
  readonly placeholders: readonly Placeholder[];
}

/** A template in both of its forms. They are the same where nothing depends on a scope. */
export interface Template {
  /** With a scope: what stands in brackets is kept. */
  readonly scoped: Pattern;
  /** Without a scope: what stands in brackets is left out. `undefined` where the scope is required. */
  readonly flat: Pattern | undefined;
}

const PLACEHOLDERS: readonly string[] = ["member", "scope", "shard"] satisfies Placeholder[];

/** Literal text, a placeholder, a bracket, or a character that none of these may be. */
const TOKEN = /\{(\w*)\}|[[\]]|[^[\]{}]+|[{}]/g;

/**
 * Reads a template such as `"[{scope}/]RESOURCE#{member}"`.
 *
 * @param where the template's place in the definition, for errors
 * @throws InvalidDefinitionError
 */
export function parseTemplate(text: string, where: string): Template {
  const fail = (problem: string): never => {
    throw new InvalidDefinitionError(`${where} is ${JSON.stringify(text)}: ${problem}`);
  };
  const scoped: (string | { placeholder: Placeholder })[] = [];
  const flat: typeof scoped = [];
  let bracket: "none" | "open" | "closed" = "none";
  for (const [token, name] of text.matchAll(TOKEN)) {
    if (token === "[") {
      if (bracket !== "none") fail("there can be one pair of square brackets");
      bracket = "open";
    } else if (token === "]") {
      if (bracket !== "open") fail('a "]" closes no bracket');
      bracket = "closed";
    } else if (name !== undefined) {
      if (!isPlaceholder(name)) fail(`{${name}} is unknown; known are {member}, {scope} and {shard}`);
      const part = { placeholder: name as Placeholder };
      scoped.push(part);
      if (bracket !== "open") flat.push(part);
      else if (name !== "scope") fail(`{${name}} cannot stand in square brackets: they are left out without a scope`);
    } else {
      if (token === "{" || token === "}") fail("a brace opens or closes no placeholder");
      scoped.push(token);
      if (bracket !== "open") flat.push(token);
    }
  }
  if (bracket === "open") fail('a "[" is never closed');
  const pattern = toPattern(scoped);
  const repeated = pattern.placeholders.find((name, i) => pattern.placeholders.indexOf(name) !== i);
  if (repeated !== undefined) fail(`{${repeated}} stands there twice`);
  if (bracket === "closed" && !pattern.placeholders.includes("scope")) {
    fail("what stands in square brackets must hold {scope}");
  }
  const isScopeRequired = flat.some((part) => typeof part !== "string" && part.placeholder === "scope");
  return { scoped: pattern, flat: isScopeRequired ? undefined : toPattern(flat) };
}

/** The text that a pattern makes of values. The inverse of {@link readPattern} for values that read back. */
export function buildText({ literals, placeholders }: Pattern, values: Values): string {
  return placeholders.reduce(
    (text, name, i) => text + (values[name] ?? "") + (literals[i + 1] ?? ""),
    literals[0] ?? "",
  );
}

/**
 * What a text says for each placeholder, or `undefined` where it does not match. A scope ends at the first occurrence
 * of the literal behind it and is never empty; a member takes the rest, also an empty one.
 */
export function readPattern({ literals, placeholders }: Pattern, text: string): Values | undefined {
  const prefix = literals[0] ?? "";
  const suffix = literals.at(-1) ?? "";
  const [first, second] = placeholders;
  if (first === undefined) return text === prefix ? {} : undefined;
  if (!text.startsWith(prefix) || !text.endsWith(suffix) || text.length < prefix.length + suffix.length) {
    return undefined;
  }
  const inner = text.slice(prefix.length, text.length - suffix.length);
  const values = second === undefined ? { [first]: inner } : split(inner, literals[1] ?? "", first, second);
  if (values === undefined || values.scope === "") return undefined;
  const isScopeLast = (second ?? first) === "scope";
  return isScopeLast && suffix !== "" && `${values.scope}${suffix}`.indexOf(suffix) !== values.scope?.length
    ? undefined
    : values;
}

/** Of two placeholders one is a scope: the literal between them does not occur in it. */
function split(text: string, between: string, first: Placeholder, second: Placeholder): Values | undefined {
  const at = first === "scope" ? text.indexOf(between) : text.lastIndexOf(between);
  return at < 0 ? undefined : { [first]: text.slice(0, at), [second]: text.slice(at + between.length) };
}

function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.includes(name);
}

function toPattern(parts: readonly (string | { placeholder: Placeholder })[]): Pattern {
  const literals = [""];
  const placeholders: Placeholder[] = [];
  for (const part of parts) {
    if (typeof part === "string") {
      literals[literals.length - 1] += part;
    } else {
      placeholders.push(part.placeholder);
      literals.push("");
    }
  }
  return { literals, placeholders };
}
