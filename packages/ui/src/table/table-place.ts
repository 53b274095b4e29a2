import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ScopedRegistry, TableRegistries } from "@rollcall/maintainer/internal";
import type { RetryPolicy } from "@rollcall/registry/protocol";
import { RequestError } from "../server/errors.ts";
import type { PageOwner } from "../shared/page-events.ts";

/** The table that the page is about, and how it is reached. */
export interface TablePlace {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly registries: TableRegistries;
  readonly retry: RetryPolicy;
}

/** What a route was given. */
export type Input = Readonly<Record<string, unknown>>;

/**
 * The registry that a request names.
 *
 * @throws RequestError where there is none
 */
export function ownerOf({ registries }: TablePlace, { registry, scope }: Input): ScopedRegistry {
  const listed = registries.named(String(registry));
  if (listed === undefined) throw new RequestError(404, `There is no registry ${JSON.stringify(registry)}.`);
  const named = typeof scope === "string" && scope !== "" ? scope : undefined;
  if (!listed.keys.isScope(named)) {
    const what = named === undefined ? "needs a scope: give one" : `has no scope ${JSON.stringify(named)}`;
    throw new RequestError(400, `The registry ${listed.definition.name} ${what}.`);
  }
  return { ...listed, scope: named };
}

/** @throws RequestError */
export function nameOf({ name }: Input): string {
  if (typeof name === "string" && name !== "") return name;
  throw new RequestError(400, "The request names no member.");
}

/** A registry as the page names it. */
export function pageOwner({ definition, scope }: Pick<ScopedRegistry, "definition" | "scope">): PageOwner {
  return { registry: definition.name, scope: scope ?? null };
}
