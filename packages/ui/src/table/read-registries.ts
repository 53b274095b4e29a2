import { readSweepState } from "@rollcall/maintainer";
import type { ScopedRegistry } from "@rollcall/maintainer/internal";
import { Registry } from "@rollcall/registry";
import type { NamesAnswer, RegistryAnswer, SweepAnswer } from "../shared/answers.ts";
import { pageOwner, type TablePlace } from "./table-place.ts";

/** How full each registry is and what its calls cost. One that cannot be read is no reason to show no other. */
export function readRegistries(
  place: TablePlace,
  registries: readonly ScopedRegistry[],
  explain: (error: unknown) => string,
  signal: AbortSignal,
): Promise<RegistryAnswer[]> {
  return Promise.all(
    registries.map(async (registry): Promise<RegistryAnswer> => {
      const { keys } = registry;
      const scoping = keys.isScopeRequired ? "required" : keys.mayHaveScope ? "optional" : "none";
      const about = { ...pageOwner(registry), scoping } as const;
      try {
        const status = await registryIn(place, registry).status({ consistentRead: true, signal });
        return { ...about, status, error: null };
      } catch (error) {
        return { ...about, status: null, error: explain(error) };
      }
    }),
  );
}

/** The names that a registry lists, sorted. */
export async function readNames(
  place: TablePlace,
  registry: ScopedRegistry,
  signal: AbortSignal,
): Promise<NamesAnswer> {
  const names = await registryIn(place, registry).list({ consistentRead: true, signal });
  return { ...pageOwner(registry), names };
}

/** The last sweep that completed, or `null`. */
export async function readLastSweep(place: TablePlace, signal: AbortSignal): Promise<SweepAnswer | null> {
  const { client, tableName, registries } = place;
  const { last } = await readSweepState({ client, tableName, key: registries.key }, signal);
  if (last === undefined) return null;
  const { completedAt, itemsScanned, findings } = last;
  const { missing, orphaned, repaired } = findings;
  return { completedAt, itemsScanned, missing, orphaned, repaired };
}

/** The client stays the page's own, so there is nothing to close. */
function registryIn({ client, tableName }: TablePlace, { definition, scope }: ScopedRegistry): Registry {
  return new Registry({ definition, tableName, scope, client });
}
