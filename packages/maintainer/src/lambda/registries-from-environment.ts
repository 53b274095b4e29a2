import type { RegistryDefinition } from "@rollcall/registry";
import { TableRegistries } from "../registries/table-registries.ts";

/**
 * The definitions that `ROLLCALL_REGISTRIES` holds as a JSON list; `undefined` where it is not set or empty, which means
 * `resources` alone.
 *
 * @throws Error in one line for what is no list of definitions of one table
 */
export function registriesFromEnvironment(
  text: string | undefined = process.env.ROLLCALL_REGISTRIES,
): RegistryDefinition[] | undefined {
  if (!text) return undefined;
  try {
    const definitions: unknown = JSON.parse(text);
    if (!Array.isArray(definitions)) throw new TypeError("it is no list");
    new TableRegistries(definitions);
    return definitions;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`ROLLCALL_REGISTRIES is no JSON list of registry definitions: ${reason}`, { cause: error });
  }
}
