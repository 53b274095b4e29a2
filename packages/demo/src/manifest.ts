import { readFileSync } from "node:fs";
import type { LimitInput } from "@rollcall/registry";
import { parse } from "yaml";

interface Manifest {
  resources: Record<
    string,
    { limits: Record<string, { capacity: number; refill_amount?: number; refill_period?: number }> }
  >;
}

/** The limits of every resource in a manifest, as the library takes them. */
export function readManifest(file: URL): Map<string, LimitInput[]> {
  const { resources }: Manifest = parse(readFileSync(file, "utf8"));
  const limitsOf = ({ limits }: Manifest["resources"][string]): LimitInput[] =>
    Object.entries(limits).map(([name, { capacity, refill_amount, refill_period }]) => ({
      name,
      capacity,
      refillAmount: refill_amount,
      refillPeriodSeconds: refill_period,
    }));
  return new Map(Object.entries(resources).map(([resource, entry]) => [resource, limitsOf(entry)]));
}
