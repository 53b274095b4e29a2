import type { ListedDefinition, ScopedRegistry } from "./table-registries.ts";

type Pattern = ListedDefinition["keys"]["member"][number]["partition"];

/** What is known of a key attribute's text: all of it, or how it begins and ends. */
export type TextRule = { exact: string } | { prefix: string; suffix: string };

/** What is known of the keys of one kind of items. */
export interface KeyRule {
  readonly partition: TextRule;
  /** `undefined` where the table has no sort key. */
  readonly sort: TextRule | undefined;
}

/** What is known of the keys of a definition's members or registries, by the forms that they can have. */
export function keyRules({ keys }: Pick<ListedDefinition, "keys">, kind: "member" | "registry"): KeyRule[] {
  const rules = keys[kind].map(({ partition, sort }) => ({
    partition: textRule(partition),
    sort: sort && textRule(sort),
  }));
  return widest(rules, (wide, narrow) => includesKey(wide, narrow));
}

/** What is known of the keys of one registry's members, whose scope is known. */
export function scopedMemberRule({ keys, scope }: ScopedRegistry): KeyRule {
  const form = scope === undefined ? keys.member[0] : keys.member.at(-1);
  const { partition, sort } = form as (typeof keys.member)[number];
  return { partition: textRule(partition, scope), sort: sort && textRule(sort, scope) };
}

/** Those that no other one includes. */
export function widest<T>(rules: readonly T[], includes: (wide: T, narrow: T) => boolean): T[] {
  return rules.filter((rule, i) =>
    rules.every((other, j) => i === j || !includes(other, rule) || (includes(rule, other) && i < j)),
  );
}

/** Whether every text of the one rule is one of the other. */
export function includesText(wide: TextRule | undefined, narrow: TextRule | undefined): boolean {
  if (wide === undefined || narrow === undefined) return wide === narrow;
  if ("exact" in wide) return "exact" in narrow && wide.exact === narrow.exact;
  if ("exact" in narrow) {
    const { exact } = narrow;
    return exact.startsWith(wide.prefix) && exact.endsWith(wide.suffix) && exact.length >= length(wide);
  }
  return narrow.prefix.startsWith(wide.prefix) && narrow.suffix.endsWith(wide.suffix);
}

function includesKey(wide: KeyRule, narrow: KeyRule): boolean {
  return includesText(wide.partition, narrow.partition) && includesText(wide.sort, narrow.sort);
}

function textRule({ literals, placeholders }: Pattern, scope?: string): TextRule {
  let prefix = literals[0] ?? "";
  let known = 0;
  for (; scope !== undefined && placeholders[known] === "scope"; known++) prefix += scope + (literals[known + 1] ?? "");
  return known === placeholders.length ? { exact: prefix } : { prefix, suffix: literals.at(-1) ?? "" };
}

function length({ prefix, suffix }: { prefix: string; suffix: string }): number {
  return prefix.length + suffix.length;
}
