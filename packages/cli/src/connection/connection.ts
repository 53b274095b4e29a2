import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Registry, type RegistryDefinition, ResourceRegistry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import type { ConnectionOptions } from "../options/connection-options.ts";
import type { Io } from "../terminal/io.ts";
import { printable } from "../terminal/printable.ts";
import { createClient } from "./client.ts";
import { resolveTarget, type Target } from "./target.ts";

/** A table and the client to reach it with, for the time of one command. */
export interface TableConnection extends AsyncDisposable {
  readonly client: DynamoDBClient;
  readonly target: Target;
}

/** A registry in a table, for the time of one command. */
export interface RegistryConnection extends TableConnection {
  readonly registry: ResourceRegistry;
}

/** @throws UsageError when the options and the environment do not say where */
export async function connectTable(options: ConnectionOptions, { env }: Io): Promise<TableConnection> {
  const target = resolveTarget(options, env);
  const client = await createClient(target);
  return {
    client,
    target,
    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}

/**
 * @throws UsageError when the options and the environment do not say where
 * @throws InvalidNameError for a namespace that cannot be one
 */
export async function connectRegistry(options: ConnectionOptions, io: Io): Promise<RegistryConnection> {
  return registryIn(await connectTable(options, io), io);
}

/**
 * The registry that a connection's target says, over the same connection, which it closes with itself.
 *
 * @throws InvalidNameError for a namespace that cannot be one
 */
export function registryIn(connection: TableConnection, { clock }: Pick<Io, "clock">): RegistryConnection {
  const { client, target } = connection;
  const { tableName, namespace } = target;
  const registry = new ResourceRegistry({ tableName, namespace, client, ...withTiming({ clock }) });
  return {
    client,
    target,
    registry,
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await connection[Symbol.asyncDispose]();
    },
  };
}

/** What a definition lists in one scope of a table, for the time of one command. */
export interface DefinedConnection extends TableConnection {
  readonly registry: Registry;
}

/**
 * @throws UsageError when the options and the environment do not say where
 * @throws InvalidNameError for a scope that the definition cannot have
 */
export async function connectDefined(
  options: ConnectionOptions,
  io: Io,
  { definition, scope }: { definition: RegistryDefinition; scope: string | undefined },
): Promise<DefinedConnection> {
  const { client, target } = await connectTable(options, io);
  const { tableName } = target;
  const registry = new Registry({ definition, tableName, scope, client, ...withTiming({ clock: io.clock }) });
  return {
    client,
    target,
    registry,
    async [Symbol.asyncDispose]() {
      await registry.close();
      client.destroy();
    },
  };
}

/** Which registry, in words: `table limits`, `namespace t1 of table limits`. */
export function describeTarget({ tableName, namespace }: Target): string {
  return namespace === undefined ? `table ${tableName}` : `namespace ${printable(namespace)} of table ${tableName}`;
}
