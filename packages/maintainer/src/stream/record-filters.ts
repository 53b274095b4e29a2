import { includesText, type KeyRule, keyRules, type TextRule, widest } from "../registries/key-rules.ts";
import type { ListedDefinition, TableRegistries } from "../registries/table-registries.ts";

/** Characters of a filter's pattern. Source: Lambda's API reference, `Filter`. */
const MAX_PATTERN_LENGTH = 4_096;
/** Characters of a text that a filter compares: more would leave no room for others. */
const MAX_TEXT_LENGTH = 256;

/** One filter of the stream's records. */
export interface StreamFilter {
  /** What Lambda takes: a JSON object, as text. */
  readonly pattern: string;
  /** Which records it lets through, in words. */
  readonly letsThrough: string;
}

/** What a filter asks of one key attribute: any of these. */
type Texts = readonly TextRule[];

const ANY: TextRule = { prefix: "", suffix: "" };
const KEYS = ["partition", "sort"] as const;

/** Records that a filter lets through. */
interface Draft {
  /** Whether changes count that leave the item there. */
  readonly withModified: boolean;
  readonly partition: Texts;
  readonly sort: Texts;
}

/** The narrowest filters that let every record of a member or a registry through, at most so many. */
export function recordFilters(registries: TableRegistries, maxFilters: number): StreamFilter[] {
  const { key } = registries;
  const kinds = registries.listed.flatMap((listed) => [...draftsOf(listed, "member"), ...draftsOf(listed, "registry")]);
  let drafts = widest(kinds, includes);
  for (let merged = nextMerge(drafts, maxFilters); merged !== undefined; merged = nextMerge(drafts, maxFilters)) {
    drafts = merged;
  }
  return drafts.map((draft) => {
    const fitting = fit(draft, key);
    return { pattern: patternOf(fitting, key), letsThrough: draftText(fitting, key) };
  });
}

function draftsOf(listed: ListedDefinition, kind: "member" | "registry"): Draft[] {
  return keyRules(listed, kind).map((rule) => ({ withModified: kind === "registry", ...asked(rule) }));
}

/** A filter compares one end of a text: its beginning, and its ending only where nothing else is known of the key. */
function asked({ partition, sort = ANY }: KeyRule): { partition: Texts; sort: Texts } {
  const begins = { partition: [beginning(partition)], sort: [beginning(sort)] };
  if (!isAny(begins.partition) || !isAny(begins.sort)) return begins;
  return { partition: [ending(partition)], sort: [ending(sort)] };
}

function beginning(rule: TextRule): TextRule {
  if ("exact" in rule && rule.exact.length <= MAX_TEXT_LENGTH) return rule;
  return {
    prefix: wholeCharacters(("exact" in rule ? rule.exact : rule.prefix).slice(0, MAX_TEXT_LENGTH)),
    suffix: "",
  };
}

function ending(rule: TextRule): TextRule {
  return "exact" in rule || rule.suffix.length > MAX_TEXT_LENGTH ? ANY : { prefix: "", suffix: rule.suffix };
}

/** A text that was cut may end in half of a character. */
function wholeCharacters(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1);
}

function isAny(texts: Texts): boolean {
  return texts.some((rule) => "prefix" in rule && rule.prefix === "" && rule.suffix === "");
}

function includes(wide: Draft, narrow: Draft): boolean {
  if (narrow.withModified && !wide.withModified) return false;
  return KEYS.every((key) => narrow[key].every((text) => wide[key].some((other) => includesText(other, text))));
}

/**
 * The filters after two of them became one, where there are too many: the two that let the least through together that
 * neither did alone.
 */
function nextMerge(drafts: readonly Draft[], maxFilters: number): Draft[] | undefined {
  if (drafts.length <= maxFilters) return undefined;
  let best: { cost: number; merged: Draft; pair: readonly [Draft, Draft] } | undefined;
  for (const [i, a] of drafts.entries()) {
    for (const b of drafts.slice(i + 1)) {
      const merged = union(a, b);
      const cost = costOf(a, b);
      if (best === undefined || cost < best.cost) best = { cost, merged, pair: [a, b] };
    }
  }
  if (best === undefined) return undefined;
  const { merged, pair } = best;
  return widest([...drafts.filter((draft) => !pair.includes(draft)), merged], includes);
}

function union(a: Draft, b: Draft): Draft {
  const texts = (key: "partition" | "sort"): Texts => widest([...a[key], ...b[key]], includesText);
  return { withModified: a.withModified || b.withModified, partition: texts("partition"), sort: texts("sort") };
}

/** How much two filters let through as one that neither did: least where all but one respect is the same. */
function costOf(a: Draft, b: Draft): number {
  const differing = KEYS.filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
  const isWidened = differing.filter((key) => isAny(a[key]) !== isAny(b[key])).length;
  const respects = differing.length + (a.withModified === b.withModified ? 0 : 1);
  return isWidened * 8 + (respects > 1 ? respects : 0);
}

/** Asks less of the keys until the pattern is one that Lambda takes. */
function fit(draft: Draft, key: TableRegistries["key"]): Draft {
  if (patternOf(draft, key).length <= MAX_PATTERN_LENGTH) return draft;
  const [partition, sort] = KEYS.map((name) => JSON.stringify(draft[name]).length) as [number, number];
  return fit(partition >= sort ? { ...draft, partition: [ANY] } : { ...draft, sort: [ANY] }, key);
}

function patternOf(draft: Draft, key: TableRegistries["key"]): string {
  const keys = conditionsOf(draft, key).map(([name, texts]) => [name, { S: texts.map(ruleOf) }] as const);
  return JSON.stringify({
    eventName: eventNames(draft),
    ...(keys.length > 0 && { dynamodb: { Keys: Object.fromEntries(keys) } }),
  });
}

function ruleOf(text: TextRule): string | { prefix: string } | { suffix: string } {
  if ("exact" in text) return text.exact;
  return text.prefix === "" ? { suffix: text.suffix } : { prefix: text.prefix };
}

function eventNames({ withModified }: Draft): string[] {
  return withModified ? ["INSERT", "MODIFY", "REMOVE"] : ["INSERT", "REMOVE"];
}

/** The key attributes of which something is asked. */
function conditionsOf(draft: Draft, { partition, sort }: TableRegistries["key"]): (readonly [string, Texts])[] {
  return [[partition, draft.partition] as const, ...(sort === undefined ? [] : [[sort, draft.sort] as const])].filter(
    ([, texts]) => !isAny(texts),
  );
}

function draftText(draft: Draft, key: TableRegistries["key"]): string {
  const conditions = conditionsOf(draft, key).map(([name, texts]) => `${name} ${texts.map(inWords).join(" or ")}`);
  const which = conditions.length === 0 ? "of every item" : `where ${conditions.join(" and ")}`;
  return `${eventNames(draft).join(", ")} ${which}`;
}

function inWords(text: TextRule): string {
  if ("exact" in text) return `is ${JSON.stringify(text.exact)}`;
  return text.prefix === "" ? `ends with ${JSON.stringify(text.suffix)}` : `begins with ${JSON.stringify(text.prefix)}`;
}
