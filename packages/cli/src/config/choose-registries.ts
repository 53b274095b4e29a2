import type { RegistryDefinition } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { isResources as isPredefined, resources } from "@rollcall/registry/resources";
import { UsageError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import { printable, quoted } from "../terminal/printable.ts";
import type { LoadedConfig } from "./load-config.ts";

/** What says which registries a command is about. */
export interface ChoosingOptions {
  readonly registry?: string | undefined;
  readonly scope?: string | undefined;
  readonly namespace?: string | undefined;
  readonly allScopes?: boolean | undefined;
  readonly allNamespaces?: boolean | undefined;
  readonly config?: string | undefined;
}

/** The registries that a command is about: what some definitions list in one scope, or in all of them. */
export interface Choice {
  readonly definitions: readonly [RegistryDefinition, ...RegistryDefinition[]];
  /** `undefined` where there is none, and for all scopes. */
  readonly scope: string | undefined;
  readonly allScopes: boolean;
  /** Whether they are those of the predefined definition alone, of which commands speak in its own words. */
  readonly isResources: boolean;
  /** The options that chose them, for commands to copy; of `resources` the scope is part of the target. */
  readonly words: readonly string[];
  /** Those of them that say which configuration. */
  readonly configWords: readonly string[];
}

/**
 * The registries that the options choose from a configuration; without one, from `resources`.
 *
 * @throws UsageError for a registry that the configuration does not name, and for a scope that it cannot have
 */
export function chooseRegistries(
  config: LoadedConfig | undefined,
  options: ChoosingOptions,
  { env }: Pick<Io, "env">,
): Choice {
  const { registries = [resources] } = config ?? {};
  const named = registries.filter(({ name }) => options.registry === undefined || name === options.registry);
  const [first, ...others] = named;
  if (first === undefined) {
    throw new UsageError(`There is no registry ${quoted(options.registry ?? "")}: ${known(registries, config)}.`);
  }
  const isResources = others.length === 0 && isPredefined(first);
  const scope = scopeIn(options, isResources ? env.ROLLCALL_NAMESPACE : undefined);
  const isAll = options.allScopes === true || options.allNamespaces === true;
  if (isAll && (options.scope ?? options.namespace) !== undefined) {
    throw new UsageError("Give a scope, or --all-scopes: not both.");
  }
  if (isResources)
    return {
      definitions: [first],
      scope: isAll ? undefined : scope,
      allScopes: isAll,
      isResources,
      words: [],
      configWords: [],
    };
  const configWords = pair("--config", options.config);
  const needsScope = named.some((definition) => registryKeys(definition).isScopeRequired);
  const allScopes = isAll || (scope === undefined && needsScope);
  return {
    definitions: allScopes ? [first, ...others] : inScope(named, scope),
    scope,
    allScopes,
    isResources,
    words: [
      ...pair("--registry", options.registry),
      ...pair("--scope", scope),
      ...(isAll ? ["--all-scopes"] : []),
      ...configWords,
    ],
    configWords,
  };
}

/**
 * The one registry that the options choose.
 *
 * @throws UsageError also where there are several, or where it needs a scope
 */
export function chooseRegistry(
  config: LoadedConfig | undefined,
  options: ChoosingOptions,
  io: Pick<Io, "env">,
): Choice & { readonly definition: RegistryDefinition } {
  const { registries = [resources] } = config ?? {};
  if (options.registry === undefined && registries.length > 1) {
    throw new UsageError(`There are several registries: pass --registry NAME; ${known(registries, config)}.`);
  }
  const choice = chooseRegistries(config, options, io);
  const [definition] = choice.definitions;
  if (choice.allScopes) throw new UsageError(`Registry ${definition.name} is one for each scope: pass --scope ID.`);
  return { ...choice, definition };
}

/** A registry in words: `registry tenants of table app`, `registry projects of scope acme of table app`. */
export function describeRegistry(name: string, scope: string | undefined, tableName: string): string {
  return `registry ${name}${scope === undefined ? "" : ` of scope ${printable(scope)}`} of table ${tableName}`;
}

function scopeIn({ scope, namespace }: ChoosingOptions, fromEnv: string | undefined): string | undefined {
  if (scope !== undefined && namespace !== undefined && scope !== namespace) {
    throw new UsageError("--scope and --namespace say the same of resources: give one of them.");
  }
  return scope ?? namespace ?? (fromEnv || undefined);
}

/** Those of the definitions that have keys with this scope, or without one. */
function inScope(definitions: readonly RegistryDefinition[], scope: string | undefined): Choice["definitions"] {
  const [first, ...others] = definitions.filter((definition) => registryKeys(definition).isScope(scope));
  if (first !== undefined) return [first, ...others];
  const names = definitions.map(({ name }) => name).join(", ");
  throw new UsageError(
    `--scope ${quoted(scope ?? "")} is no scope of ${names}: its keys have none, or would not read back.`,
  );
}

function known(registries: readonly RegistryDefinition[], config: LoadedConfig | undefined): string {
  const names = registries.map(({ name }) => name).join(", ");
  return config === undefined ? `without a configuration there is ${names} alone` : `${config.file} names ${names}`;
}

/** Whether the predefined definition is one of them. */
export function hasResources(definitions: readonly RegistryDefinition[]): boolean {
  return definitions.some(isPredefined);
}

function pair(option: string, value: string | undefined): string[] {
  return value === undefined ? [] : [option, value];
}
