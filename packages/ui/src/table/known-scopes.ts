import type { ScopedRegistry, TableRegistries } from "@rollcall/maintainer/internal";
import type { PageOwner } from "../shared/page-events.ts";

/** Scopes that are remembered of each registry: those heard of first. */
const MAX_SCOPES = 200;

/** The scopes of each registry that this page has heard of: a table has no list of them. */
export class KnownScopes {
  readonly #registries: TableRegistries;
  readonly #scopes = new Map<string, Set<string | undefined>>();

  constructor(registries: TableRegistries) {
    this.#registries = registries;
    for (const { definition, keys } of registries.listed) {
      this.#scopes.set(definition.name, new Set(keys.isScopeRequired ? [] : [undefined]));
    }
  }

  /** Hears of one. What its registry cannot have is passed over. */
  learn({ registry, scope }: PageOwner): void {
    const known = this.#scopes.get(registry);
    const isScope = this.#registries.named(registry)?.keys.isScope(scope ?? undefined) === true;
    if (known !== undefined && isScope && known.size < MAX_SCOPES) known.add(scope ?? undefined);
  }

  /** All registries that are known, in the order of their definitions. */
  all(): ScopedRegistry[] {
    return this.#registries.listed.flatMap((listed) =>
      [...(this.#scopes.get(listed.definition.name) ?? [])].map((scope) => ({ ...listed, scope })),
    );
  }
}
