import { checkRegistries, defineRegistry, type RegistryDefinition } from "@rollcall/registry";
import { isTableName, REGION } from "../connection/target.ts";
import { UsageError } from "../errors.ts";
import { quoted } from "../terminal/printable.ts";
import type { RollcallConfig } from "./define-config.ts";

const FIELDS = ["table", "region", "registries"] as const satisfies (keyof RollcallConfig)[];

/** A configuration that holds nothing wrong. */
export interface CheckedConfig extends RollcallConfig {
  readonly registries: readonly [RegistryDefinition, ...RegistryDefinition[]];
}

/**
 * Checks what a configuration exports.
 *
 * @param file what to call it in errors
 * @throws UsageError that names the file and the option
 */
export function checkConfig(value: unknown, file: string): CheckedConfig {
  const fail = (problem: string): never => {
    throw new UsageError(`${file}: ${problem}`);
  };
  if (value === undefined) fail('it has no default export; write "export default defineConfig({ … })".');
  if (!isObject(value)) return fail("its default export is no object; write defineConfig({ registries: [ … ] }).");
  for (const field of Object.keys(value)) {
    if ((FIELDS as readonly string[]).includes(field)) continue;
    fail(`option ${quoted(field)} is unknown; known are ${FIELDS.join(", ")}.`);
  }
  const { table, region, registries } = value;
  if (table !== undefined && !(typeof table === "string" && isTableName(table))) {
    fail(`option table cannot be ${shown(table)}: give the name or ARN of a table, or leave it out.`);
  }
  if (region !== undefined && !(typeof region === "string" && REGION.test(region))) {
    fail(`option region cannot be ${shown(region)}: write it like us-east-1, or leave it out.`);
  }
  if (!Array.isArray(registries)) return fail("option registries is no list: name the definitions in it.");
  return {
    table: table as string | undefined,
    region: region as string | undefined,
    registries: checkDefinitions(registries, fail),
  };
}

function checkDefinitions(values: readonly unknown[], fail: (problem: string) => never): CheckedConfig["registries"] {
  const definitions = values.map((value, i) => {
    const name = isObject(value) && typeof value.name === "string" ? ` (${quoted(value.name)})` : "";
    return invalidAs(`option registries[${i}]${name}`, fail, () => defineRegistry(value as RegistryDefinition));
  });
  invalidAs("option registries", fail, () => checkRegistries(definitions));
  return definitions as [RegistryDefinition, ...RegistryDefinition[]]; // an empty list is refused above
}

/** What a definition is refused for, said of the option that holds it. */
function invalidAs<T>(option: string, fail: (problem: string) => never, check: () => T): T {
  try {
    return check();
  } catch (error) {
    return fail(`${option}: ${(error as Error).message}.`); // a definition may be anything at all, such as a circle
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return typeof value === "string" ? quoted(value) : `of type ${value === null ? "null" : typeof value}`;
}
