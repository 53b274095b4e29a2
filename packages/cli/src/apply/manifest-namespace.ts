import { NamespaceNotFoundError } from "@rollcall/registry";
import type { TableConnection } from "../connection/connection.ts";
import { idInDirectory } from "../connection/namespaces.ts";
import { CommandError } from "../errors.ts";
import type { ConnectionOptions } from "../options/connection-options.ts";
import { quoted } from "../terminal/printable.ts";
import type { Manifest } from "./manifest/manifest.ts";

/** Which namespace a manifest is applied to. */
export interface ManifestNamespace {
  /** Its id, or `undefined` for flat keys. */
  namespace: string | undefined;
  /** Whether it is the one that the manifest names, if it names any. */
  isManifests: boolean;
}

/**
 * The namespace of a manifest that names one is looked up, as the limiter does it. Where the table keeps no directory of
 * names, that of the command line stands.
 *
 * @throws CommandError when the command line says another one
 * @throws NamespaceNotFoundError when the table's directory does not have the name
 */
export async function manifestNamespace(
  { namespace: name }: Pick<Manifest, "namespace">,
  { namespaceName }: Pick<ConnectionOptions, "namespaceName">,
  table: TableConnection,
  signal: AbortSignal,
): Promise<ManifestNamespace> {
  const { namespace } = table.target;
  if (name === undefined || name === namespaceName) return { namespace, isManifests: true };
  if (namespaceName !== undefined) {
    throw new CommandError(
      `The manifest is for the namespace ${quoted(name)}, and --namespace-name says ${quoted(namespaceName)}: leave ` +
        "out the option, or correct one of them. Nothing was compared or written.",
    );
  }
  const id = await idInDirectory(table, name, signal).catch((error) => {
    // A client of old chose its ids itself: "default" can be one that no name has.
    if (error instanceof NamespaceNotFoundError && name === namespace) return namespace;
    throw error;
  });
  if (id === undefined) return { namespace, isManifests: name === namespace };
  if (namespace === undefined || namespace === id) return { namespace: id, isManifests: true };
  throw new CommandError(
    `The manifest is for the namespace ${quoted(name)}, whose id is ${quoted(id)}, and --namespace or ` +
      `ROLLCALL_NAMESPACE says ${quoted(namespace)}: correct one of them. Nothing was compared or written.`,
  );
}
