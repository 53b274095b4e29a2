import type { Limit } from "@rollcall/registry";
import { stringify } from "yaml";
import { DEFAULT_REFILL_PERIOD_SECONDS } from "../constants.ts";

/** What a manifest says besides its resources. */
interface ManifestHead {
  /** The limiter's name of a namespace. */
  namespace?: string | undefined;
}

/**
 * The manifest of these resources, the inverse of `parseManifest`: YAML in which what has its default value is left out.
 *
 * @param head `namespace`: the limiter's name of the namespace, which its own reader requires. Default: none
 *
 * @example
 * ```ts
 * import { formatManifest } from "@rollcall/cli";
 *
 * const limits = [{ name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 }];
 * formatManifest(new Map([["gpt-4", limits]])); // "resources:\n  gpt-4:\n    limits:\n      rpm:\n        capacity: 500\n"
 * ```
 */
export function formatManifest(resources: ReadonlyMap<string, readonly Limit[]>, head: ManifestHead = {}): string {
  const { namespace } = head;
  const entries = Array.from(resources, ([resource, limits]) => [resource, { limits: formatLimits(limits) }] as const);
  // Maps, because an object would put names that look like numbers first.
  const document = { ...(namespace !== undefined && { namespace }), resources: new Map(entries) };
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** The same manifest as data for JSON. */
export function manifestDocument(
  resources: ReadonlyMap<string, readonly Limit[]>,
  { namespace }: ManifestHead = {},
): object {
  const entries = Array.from(resources, ([resource, limits]) => [
    resource,
    { limits: Object.fromEntries(formatLimits(limits)) },
  ]);
  return { ...(namespace !== undefined && { namespace }), resources: Object.fromEntries(entries) };
}

function formatLimits(limits: readonly Limit[]): Map<string, object> {
  return new Map(
    limits.map(({ name, capacity, refillAmount, refillPeriodSeconds }) => [
      name,
      {
        capacity,
        ...(refillAmount !== capacity && { refill_amount: refillAmount }),
        ...(refillPeriodSeconds !== DEFAULT_REFILL_PERIOD_SECONDS && { refill_period: refillPeriodSeconds }),
      },
    ]),
  );
}
