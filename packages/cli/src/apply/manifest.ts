import type { Limit } from "@rollcall/registry";
import { assertLimitName, assertResourceName } from "@rollcall/registry/resources";
import { DEFAULT_REFILL_PERIOD_SECONDS } from "./constants.ts";
import { ManifestField } from "./manifest-field.ts";
import { YamlSource } from "./yaml-source.ts";

/** Parts of the limiter's manifest that are about other things than the defaults of resources. */
const OTHER_SECTIONS = ["system", "entities"] as const;
const SECTIONS = ["resources", "namespace", ...OTHER_SECTIONS] as const;
const RESOURCE_FIELDS = ["limits"] as const;
const LIMIT_FIELDS = ["capacity", "burst", "refill_amount", "refill_period"] as const;

/** What a manifest declares. */
export interface Manifest {
  /** The limits of every resource, complete, in the order of the text. */
  resources: Map<string, Limit[]>;
  /** The limiter's own name of a namespace, which is not the id that keys begin with. */
  namespace: string | undefined;
  /** Sections of the limiter's manifest that are there and were not read. */
  otherSections: (typeof OTHER_SECTIONS)[number][];
}

/**
 * Reads a manifest of default limits, in the limiter's format: YAML, or JSON, which is a part of it.
 *
 * Of a limit only `capacity` is required. Tokens come back at `refill_amount`, which defaults to `capacity`, every
 * `refill_period` seconds, which defaults to 60. `burst` is the ceiling of the limiter's older formats: where it is given,
 * the bucket holds that many, as when such an item is read from a table, and still refills by the `capacity`.
 *
 * @param file what to call the text in errors
 * @throws ManifestError with the line, the column, the field and what was expected, for anything else
 *
 * @example
 * ```ts
 * import { parseManifest } from "@rollcall/cli";
 *
 * const { resources } = parseManifest("resources: { gpt-4: { limits: { rpm: { capacity: 500 } } } }", "limits.yaml");
 * resources.get("gpt-4"); // [{ name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 }]
 * ```
 */
export function parseManifest(text: string, file: string): Manifest {
  const top = ManifestField.top(new YamlSource(text, file));
  const sections = top.fields(SECTIONS, "a map with resources in it");
  const resources = sections.get("resources");
  if (resources === undefined) throw top.nameError("resources are missing; expected resources, {} if there are none.");
  return {
    resources: readResources(resources),
    namespace: sections.get("namespace")?.text("the limiter's name of a namespace, as text"),
    otherSections: OTHER_SECTIONS.filter((section) => sections.has(section)),
  };
}

function readResources(field: ManifestField): Map<string, Limit[]> {
  const resources = new Map<string, Limit[]>();
  for (const [name, resource] of field.entries("a map from each resource to its limits, {} if there are none")) {
    assertName(resource, name, assertResourceName);
    const limits = resource.fields(RESOURCE_FIELDS, "a map with limits in it").get("limits");
    if (limits === undefined)
      throw resource.nameError("its limits are missing; expected limits with at least one limit.");
    resources.set(name, readLimits(limits));
  }
  return resources;
}

function readLimits(field: ManifestField): Limit[] {
  const entries = field.entries("a map from each limit's name to its capacity, such as { rpm: { capacity: 500 } }");
  if (entries.size === 0) {
    throw field.nameError("expected at least one limit; leave the resource out if it is to have no defaults.");
  }
  return Array.from(entries, ([name, limit]) => {
    assertName(limit, name, assertLimitName);
    return { name, ...readLimit(limit) };
  });
}

function readLimit(field: ManifestField): Omit<Limit, "name"> {
  const fields = field.fields(LIMIT_FIELDS, "a map such as { capacity: 500 }");
  const capacity = fields.get("capacity")?.wholeNumber();
  if (capacity === undefined)
    throw field.nameError("its capacity is missing; expected one, such as { capacity: 500 }.");
  return {
    capacity: fields.get("burst")?.wholeNumber(capacity, " (its capacity)") ?? capacity,
    refillAmount: fields.get("refill_amount")?.wholeNumber() ?? capacity,
    refillPeriodSeconds: fields.get("refill_period")?.wholeNumber() ?? DEFAULT_REFILL_PERIOD_SECONDS,
  };
}

function assertName(field: ManifestField, name: string, assert: (name: string) => void): void {
  try {
    assert(name);
  } catch (error) {
    throw field.nameError((error as Error).message);
  }
}
