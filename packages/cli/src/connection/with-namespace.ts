import { namespaceId } from "@rollcall/registry";
import type { CommandCall, CommandSpec } from "../command-spec.ts";
import { type ChoosingOptions, hasResources } from "../config/choose-registries.ts";
import { UsageError } from "../errors.ts";
import type { ConnectionOptions } from "../options/connection-options.ts";
import { connectTable } from "./connection.ts";
import { namespaceWarnings } from "./namespaces.ts";

/**
 * A call of a command with the id of the namespace that was given by its name.
 *
 * @throws UsageError when an id is given, too
 * @throws NamespaceNotFoundError when the table's directory does not have the name
 */
export async function withNamespace(invocation: CommandCall): Promise<CommandCall> {
  const { options, io } = invocation;
  const { namespaceName: given, namespace, scope } = options as ConnectionOptions & ChoosingOptions;
  const [namespaceName, ...others] = [given ?? []].flat();
  if (namespaceName === undefined) return invocation;
  if (namespace !== undefined || scope !== undefined) {
    throw new UsageError("--namespace-name is looked up for the id that --namespace takes: give one of them.");
  }
  if (others.length > 0) return invocation; // the command takes several, and looks them up itself
  await using connection = await connectTable(options as ConnectionOptions, io);
  const { client, target } = connection;
  const id = await namespaceId(client, target.tableName, namespaceName, { signal: io.signal });
  return { ...invocation, options: { ...options, namespace: id, namespaceName } };
}

/** Says what is amiss with the keys that a command is about, if anything is. Never rejects. */
export async function warnOfKeys(spec: CommandSpec, { options, io, printer, config }: CommandCall): Promise<void> {
  const { registry, scope, allScopes, allNamespaces, ...rest } = options as ConnectionOptions & ChoosingOptions;
  const isOfLimits = config === undefined || hasResources(config.registries);
  if (!isOfLimits || spec.findsNamespace || allScopes || allNamespaces || (registry ?? "resources") !== "resources") {
    return;
  }
  await using connection = await connectTable({ ...rest, namespace: rest.namespace ?? scope }, io);
  await printer.note(...(await namespaceWarnings(connection, io.signal)));
}
