import { describeTarget } from "../connection/connection.ts";
import type { Target } from "../connection/target.ts";
import { printable } from "../terminal/printable.ts";
import type { Manifest } from "./manifest/manifest.ts";
import type { ManifestNamespace } from "./manifest-namespace.ts";

/** A section of a manifest that does not become defaults. */
export interface NotHandled {
  section: string;
  /** What that means, in a sentence. */
  note: string;
}

/** What of a manifest is not applied. A namespace that is the one in use anyway is not worth a word. */
export function notHandled(
  { namespace, otherSections }: Manifest,
  target: Target,
  { isManifests }: ManifestNamespace,
): NotHandled[] {
  const others = otherSections.map((section) => ({
    section,
    note: `Not handled: the file's section ${section}; only resources were compared.`,
  }));
  if (namespace === undefined || isManifests) return others;
  const where = target.namespace === undefined ? `the flat keys of ${describeTarget(target)}` : describeTarget(target);
  const note =
    `Not handled: the file names its namespace ${printable(namespace)}, and keys hold a namespace's id. ` +
    `Compared with ${where}; pass --namespace ID for another.`;
  return [{ section: "namespace", note }, ...others];
}
