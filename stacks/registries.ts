import type { RegistryDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";

/** What the table's registries list: at least one definition. */
export type Registries = readonly [RegistryDefinition, ...RegistryDefinition[]];

/** The part of `@rollcall/cli` that is used here. */
interface ConfigLoader {
  loadRegistries(folder: string, file?: string): Promise<Registries | undefined>;
}

/**
 * The registries of the app's `rollcall.config.ts`; without one, `resources`.
 *
 * @param folder the app's root
 * @param file another configuration, from there
 * @throws Error in one line that names the file and the option
 */
export async function readRegistries(folder: string, file: string | undefined): Promise<Registries> {
  // SST bundles what it can tell from the text of an import, and the loader starts a thread of a file beside its own.
  const loader = "@rollcall/cli";
  const { loadRegistries } = (await import(loader)) as ConfigLoader;
  return (await loadRegistries(folder, file)) ?? [resources];
}
