import type { Limit } from "@rollcall/registry";
import { stringify } from "yaml";
import { DEFAULT_REFILL_PERIOD_SECONDS } from "../constants.ts";

/**
 * The manifest of these resources, the inverse of `parseManifest`: YAML in which what has its default value is left out.
 *
 * @example
 * ```ts
 * import { formatManifest } from "@rollcall/cli";
 *
 * const limits = [{ name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 }];
 * formatManifest(new Map([["gpt-4", limits]])); // "resources:\n  gpt-4:\n    limits:\n      rpm:\n        capacity: 500\n"
 * ```
 */
export function formatManifest(resources: ReadonlyMap<string, readonly Limit[]>): string {
  const entries = Array.from(resources, ([resource, limits]) => [resource, { limits: formatLimits(limits) }] as const);
  // Maps, because an object would put names that look like numbers first.
  return stringify({ resources: new Map(entries) }, { aliasDuplicateObjects: false, lineWidth: 0 });
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
