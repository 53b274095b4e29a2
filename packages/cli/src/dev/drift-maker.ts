import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { RegistryOwner } from "@rollcall/maintainer";
import { drifts, ForeignWriter } from "@rollcall/maintainer/drifts";
import { Registry, type RegistryDefinition } from "@rollcall/registry";
import { registryKeys } from "@rollcall/registry/internal";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";

/** Milliseconds between two drifts, at least and at most: one can watch each of them heal. */
const PAUSE_MS = { least: 1_500, most: 4_000 };

/** Members of a registry that there are to break. */
const MEMBERS = 6;

/** Scopes that it breaks registries of: the first that the definition takes. */
const SCOPES = ["demo-tenant", "demo", "1"];

/** One registry that can be broken. */
interface Target {
  definition: RegistryDefinition;
  scope: string | undefined;
}

/**
 * Breaks registries at random, those of every definition with and without a scope, in every way we know, until the signal
 * aborts. Its names keep no definition's rule of names, as those of other writers may not.
 *
 * @throws CommandError for a definition that takes none of its scopes
 */
export async function introduceDrift(
  client: DynamoDBClient,
  tableName: string,
  registries: readonly RegistryDefinition[],
  onDrift: (owner: RegistryOwner, drift: string) => void,
  { clock, signal }: Pick<Io, "clock" | "signal">,
): Promise<void> {
  const targets = registries.flatMap(targetsOf);
  let strays = 0;
  while (!signal.aborted) {
    const { definition, scope } = oneOf(targets);
    const writer = new ForeignWriter(client, tableName, scope, definition);
    await using registry = new Registry({ definition, tableName, scope, client });
    const names = Array.from({ length: MEMBERS }, (_, i) => `demo-${i + 1}`);
    await Promise.all(names.map((name) => registry.put(name, writer.itemOf(name))));
    const drift = oneOf(drifts);
    const first = Math.floor(Math.random() * (MEMBERS - 1));
    onDrift({ registry: definition.name, scope }, drift.name);
    await drift.make(writer, {
      listed: [names[first] ?? "", names[first + 1] ?? ""],
      fresh: [`stray-${++strays}`, `stray-${++strays}`],
    });
    await clock.sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least), signal);
  }
}

/** @throws CommandError */
function targetsOf(strict: RegistryDefinition): Target[] {
  const definition = { ...strict, names: undefined };
  const keys = registryKeys(definition);
  const flat = keys.isScopeRequired ? [] : [{ definition, scope: undefined }];
  if (!keys.mayHaveScope) return flat;
  const scope = SCOPES.find((each) => keys.isScope(each));
  if (scope !== undefined) return [...flat, { definition, scope }];
  if (flat.length > 0) return flat;
  throw new CommandError(
    `--drift cannot break registry ${definition.name}: its scopes have a pattern, which none of ${SCOPES.join(", ")} has.`,
  );
}

function oneOf<T>(choices: readonly T[]): T {
  return choices[Math.floor(Math.random() * choices.length)] as T;
}
