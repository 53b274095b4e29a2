import type { ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { includesText, type KeyRule, keyRules, scopedMemberRule, type TextRule, widest } from "./key-rules.ts";
import type { ScopedRegistry, TableRegistries } from "./table-registries.ts";

/** The most kinds of keys that a filter tells apart; DynamoDB takes 300 operators in an expression. */
const MAX_TERMS = 50;

/** The part of a Scan's request that keeps items which matter to no registry from coming over the wire. */
export type ScanFilter = Pick<
  ScanCommandInput,
  "FilterExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"
>;

/** A Scan's request for keys alone. */
export type KeyScan = ScanFilter &
  Required<Pick<ScanCommandInput, "ProjectionExpression" | "ExpressionAttributeNames">>;

/** What a term asks of one key attribute: `undefined` for nothing. */
interface Term {
  readonly partition?: TextRule | undefined;
  readonly sort?: TextRule | undefined;
}

/**
 * The narrowest filter of keys that lets every member and every registry through, and the further kinds of items given.
 * Where the keys have nothing in common, or there are too many kinds of them, there is none.
 */
export function keyScan(registries: TableRegistries, others: readonly Term[]): KeyScan {
  const { listed, key } = registries;
  const rules = listed.flatMap((each) => [...keyRules(each, "member"), ...keyRules(each, "registry")]);
  return { ...projection(key), ...filterOf([...rules.map(termOf), ...others]) };
}

/** The same for the members of these registries alone, which are of one table. */
export function memberScan(registries: readonly ScopedRegistry[]): KeyScan {
  const rules = registries.flatMap((registry) => scopedMemberRule(registry));
  return { ...projection((registries[0] as ScopedRegistry).keys.key), ...filterOf(rules.map(termOf)) };
}

function projection({ partition, sort }: TableRegistries["key"]) {
  const ExpressionAttributeNames = { "#pk": partition, ...(sort !== undefined && { "#sk": sort }) };
  return { ProjectionExpression: Object.keys(ExpressionAttributeNames).join(", "), ExpressionAttributeNames };
}

function filterOf(given: readonly Term[]): ScanFilter {
  const terms = widest(given, includes);
  if (terms.length > MAX_TERMS || terms.some(({ partition, sort }) => (partition ?? sort) === undefined)) return {};
  const values = new Map<string, string>();
  const placeholderOf = (text: string): string => {
    const name = values.get(text) ?? `:k${values.size}`;
    values.set(text, name);
    return name;
  };
  const sorts = terms.flatMap(({ partition, sort }) =>
    partition === undefined && sort !== undefined && "exact" in sort ? [sort.exact] : [],
  );
  const expressions = [
    ...(sorts.length === 0 ? [] : [`#sk IN (${sorts.map(placeholderOf).join(", ")})`]),
    ...terms
      .filter(({ partition, sort }) => partition !== undefined || !(sort && "exact" in sort))
      .map((term) => {
        const both = [
          condition("#pk", term.partition, placeholderOf),
          condition("#sk", term.sort, placeholderOf),
        ].filter(Boolean);
        return both.length === 2 ? `(${both.join(" AND ")})` : both.join("");
      }),
  ];
  return {
    FilterExpression: expressions.join(" OR "),
    ExpressionAttributeValues: Object.fromEntries([...values].map(([text, name]) => [name, { S: text }])),
  };
}

/** What a Scan can ask of such keys: it knows no endings. */
function termOf({ partition, sort }: KeyRule): Term {
  return { partition: asked(partition), sort: sort && asked(sort) };
}

function asked(rule: TextRule): TextRule | undefined {
  if ("exact" in rule) return rule;
  return rule.prefix === "" ? undefined : { prefix: rule.prefix, suffix: "" };
}

function includes(wide: Term, narrow: Term): boolean {
  return (["partition", "sort"] as const).every(
    (key) => wide[key] === undefined || includesText(wide[key], narrow[key]),
  );
}

function condition(name: string, rule: TextRule | undefined, placeholderOf: (text: string) => string): string {
  if (rule === undefined) return "";
  return "exact" in rule
    ? `${name} = ${placeholderOf(rule.exact)}`
    : `begins_with(${name}, ${placeholderOf(rule.prefix)})`;
}
