import { namespaceId } from "@rollcall/registry";
import { describeTarget, type RegistryConnection, registryIn, type TableConnection } from "../connection/connection.ts";
import { namespaceWarnings } from "../connection/namespaces.ts";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import { quoted } from "../terminal/printable.ts";
import { readLiveState } from "./live-state.ts";
import type { Manifest } from "./manifest/manifest.ts";
import { fileNames, type ManifestOfFiles } from "./manifest/manifest-file.ts";
import { type ManifestNamespace, manifestNamespace } from "./manifest-namespace.ts";
import { type NotHandled, notHandled } from "./not-handled.ts";
import { makePlan, type Plan } from "./plan.ts";

/** A manifest and the namespace that it is for. */
export interface Application {
  readonly manifest: Manifest;
  readonly connection: RegistryConnection;
  /** `limits.yaml to namespace t1 of table limits` */
  readonly subject: string;
  readonly unhandled: readonly NotHandled[];
  /** What the manifest asks for that is not so yet. */
  readonly plan: Plan;
}

const NO_PLAN: Plan = { changes: [], unchanged: 0, leftAlone: 0, unmanaged: [] };

const NOTHING_TO_PRUNE_BY =
  "The manifest has no resources section, so that --prune would delete every registered resource: write " +
  "resources: {} if that is meant. Nothing was compared or written.";

/** Where manifests go: each to the namespace that it names, or one to every namespace that is named beside it. */
interface Destination extends ManifestOfFiles {
  found: ManifestNamespace;
}

/**
 * Plans every manifest for its namespace. Nothing is written.
 *
 * @param names the names of namespaces, where there are several on the command line
 * @throws CommandError where a manifest is for another namespace than the command line says, or cannot be pruned by
 */
export async function planApplications(
  manifests: readonly ManifestOfFiles[],
  options: { namespaceName: string | undefined; names: readonly string[]; prune: boolean; pruneUnmanaged: boolean },
  table: TableConnection,
  io: Io,
): Promise<{ applications: Application[]; warnings: string[] }> {
  const destinations: Destination[] = [];
  for (const each of manifests) {
    if (options.prune && !each.manifest.hasResources) throw new CommandError(NOTHING_TO_PRUNE_BY);
    destinations.push(...(await destinationsOf(each, options, table, io.signal)));
  }
  assertOnce(destinations);
  const applications: Application[] = [];
  const warnings: string[] = [];
  for (const { manifest, files, found } of destinations) {
    const target = { ...table.target, namespace: found.namespace };
    const connection = registryIn({ ...table, target }, io);
    const subject = `${fileNames(files)} to ${describeTarget(target)}`;
    const about = { manifest, connection, subject, unhandled: notHandled(manifest, target, found) };
    if (!manifest.hasResources) {
      applications.push({ ...about, plan: NO_PLAN });
      continue;
    }
    const [live, ofNamespace] = await Promise.all([
      readLiveState(connection, manifest.resources.keys(), { withRegistered: options.prune }, io),
      namespaceWarnings(connection, io.signal),
    ]);
    warnings.push(...ofNamespace);
    applications.push({ ...about, plan: makePlan(manifest.resources, live, options) });
  }
  return { applications, warnings };
}

async function destinationsOf(
  each: ManifestOfFiles,
  { names, namespaceName }: { names: readonly string[]; namespaceName: string | undefined },
  table: TableConnection,
  signal: AbortSignal,
): Promise<Destination[]> {
  if (names.length === 0)
    return [{ ...each, found: await manifestNamespace(each.manifest, { namespaceName }, table, signal) }];
  const { namespace } = each.manifest;
  if (namespace !== undefined) {
    throw new CommandError(
      `The manifest is for the namespace ${quoted(namespace)}, and --namespace-name says several: leave out the ` +
        "options, or the manifest's namespace. Nothing was compared or written.",
    );
  }
  const { client, target } = table;
  const ids = await Promise.all(names.map((name) => namespaceId(client, target.tableName, name, { signal })));
  return ids.map((id) => ({ ...each, found: { namespace: id, isManifests: true } }));
}

/** @throws CommandError where two manifests would be written over each other */
function assertOnce(destinations: readonly Destination[]): void {
  const seen = new Map<string | undefined, readonly string[]>();
  for (const { files, found } of destinations) {
    const before = seen.get(found.namespace);
    if (before !== undefined) {
      throw new CommandError(
        `${fileNames(files)} and ${fileNames(before)} are for the same namespace under two names, or one is named ` +
          "twice: name each once. Nothing was compared or written.",
      );
    }
    seen.set(found.namespace, files);
  }
}
