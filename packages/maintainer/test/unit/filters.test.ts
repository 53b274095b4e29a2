import { CreateTableCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { compileFilterCriteria } from "@rollcall/local/internal";
import { streamFilters } from "@rollcall/maintainer";
import { Database } from "@rollcall/memory-dynamodb";
import { checkRegistries, defineRegistry, type RegistryDefinition, tableDefinition } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import type { DynamoDBRecord } from "aws-lambda";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ScanReader } from "../../src/pass/scan-page.ts";
import { TableRegistries } from "../../src/registries/table-registries.ts";

const RUNS = runs(3_000);

/** Few characters, so that literals, names and scopes run into one another. */
const literal = fc.string({ unit: fc.constantFrom("a", "b", "#", "/"), maxLength: 3 });
const anyText = fc.oneof(literal, fc.string({ unit: "grapheme", maxLength: 8 }));
const template = (placeholder: string) =>
  fc.oneof(
    fc.tuple(literal, literal).map(([a, b]) => `${a}${placeholder}${b}`),
    fc.tuple(literal, literal, literal).map(([a, b, c]) => `${a}{scope}${b}${placeholder}${c}`),
    fc.tuple(literal, literal, literal).map(([a, b, c]) => `${a}${placeholder}${b}{scope}${c}`),
    fc.tuple(literal, literal, literal, literal).map(([a, b, c, d]) => `${a}[${b}{scope}${c}]${d}${placeholder}`),
  );
const anyKeys = fc.record({ member: template("{member}"), registry: template(""), sorts: fc.tuple(literal, literal) });

/** Definitions of one table, as far as those drawn can be of one: with a sort key or without one. */
const anyRegistries = fc
  .tuple(fc.boolean(), fc.array(anyKeys, { minLength: 1, maxLength: 9 }))
  .map(([isSorted, drawn]) => {
    const registries: RegistryDefinition[] = [];
    for (const [i, { member, registry, sorts }] of drawn.entries()) {
      const sort = (which: 0 | 1) => (isSorted ? { sort: `${sorts[which]}${which}` } : {});
      const definition: RegistryDefinition = {
        name: `r${i}`,
        key: isSorted ? { partition: "pk", sort: "sk" } : { partition: "pk" },
        member: { partition: member, ...sort(0) },
        registry: { partition: registry, ...sort(1), attribute: `r${i}` },
      };
      try {
        const made = defineRegistry(definition);
        checkRegistries([...registries, made]);
        registries.push(made);
      } catch {
        // it cannot be, or not beside the others
      }
    }
    return registries;
  });

/** Keys of members and of registries, as DynamoDB takes them. */
function keysOf(definition: RegistryDefinition, name: string, scope: string | undefined) {
  const keys = registryKeys(definition);
  if (!keys.isScope(scope)) return [];
  const fitting = keys.fits(name, scope) ? [keys.memberKey(name, scope)] : [];
  return [
    ...fitting.map((key) => ({ key, eventNames: ["INSERT", "REMOVE"] })),
    { key: keys.registryKey(scope), eventNames: ["INSERT", "MODIFY", "REMOVE"] },
  ];
}

const names = fc.array(fc.tuple(anyText, fc.option(anyText, { nil: undefined })), { minLength: 1, maxLength: 5 });

it("filters of the stream let every record of a member or a registry through, for any definitions", () => {
  let records = 0;
  fc.assert(
    fc.property(anyRegistries, names, (registries, given) => {
      if (registries.length === 0) return;
      const filters = streamFilters(registries);
      expect(filters.length).toBeLessThanOrEqual(5);
      const passes = compileFilterCriteria({ filters: filters.map(({ pattern }) => ({ pattern })) });
      for (const definition of registries) {
        for (const { key, eventNames } of given.flatMap(([name, scope]) => keysOf(definition, name, scope))) {
          for (const eventName of eventNames) {
            records++;
            const record = { eventName, dynamodb: { Keys: key } } as DynamoDBRecord;
            expect(passes(record as never), `${eventName} of ${JSON.stringify(key)}`).toBe(true);
          }
        }
      }
    }),
    { numRuns: RUNS },
  );
  expect(records).toBeGreaterThan(RUNS);
});

it("the filter of a pass lets every member and every registry through, for any definitions", () => {
  fc.assert(
    fc.property(anyRegistries, names, (registries, given) => {
      const [first] = registries;
      if (first === undefined) return;
      const database = new Database({ now: () => 0 });
      database.execute(new CreateTableCommand({ TableName: "app", ...tableDefinition(first) }));
      const expected = new Set<string>();
      for (const { key } of registries.flatMap((each) => given.flatMap(([name, scope]) => keysOf(each, name, scope)))) {
        if (Object.values(key).some(({ S }) => S === "")) continue;
        database.execute(new PutItemCommand({ TableName: "app", Item: key }));
        expected.add(JSON.stringify(key));
      }
      const reader = new ScanReader(new TableRegistries(registries));
      const page = reader.page("app", { index: 0, total: 1, position: { done: false } }, 1_000);
      const { Items = [] } = database.execute(new ScanCommand(page));
      const found = Items.map((item) => JSON.stringify(Object.fromEntries(Object.entries(item).sort())));
      expect(new Set(found)).toEqual(expected);
      for (const item of Items) expect(reader.classify(item)).not.toEqual([]);
    }),
    { numRuns: RUNS },
  );
});
