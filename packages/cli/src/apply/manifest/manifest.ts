import type { Limit } from "@rollcall/registry";
import { assertLimitName, assertResourceName } from "@rollcall/registry/resources";
import { DEFAULT_REFILL_PERIOD_SECONDS, MAX_YAML_BYTES } from "../constants.ts";
import { ManifestError } from "./errors.ts";
import { JsonSource } from "./json-source.ts";
import { ManifestField } from "./manifest-field.ts";
import { Mistakes } from "./mistakes.ts";
import type { ManifestSource } from "./source.ts";
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
  /** Whether it has resources at all: one without says nothing of them, one with none says that there are to be none. */
  hasResources: boolean;
  /** The limiter's own name of a namespace, which is not the id that keys begin with. */
  namespace: string | undefined;
  /** Sections of the limiter's manifest that are there and were not read. */
  otherSections: (typeof OTHER_SECTIONS)[number][];
}

/**
 * Reads a manifest of default limits, in the limiter's format: YAML of up to 2 MiB, or JSON.
 *
 * Of a limit only `capacity` is required. Tokens come back at `refill_amount`, which defaults to `capacity`, every
 * `refill_period` seconds, which defaults to 60. `burst`, where it is given, takes the place of `capacity`, as in the
 * limiter's own reader. Top-level names that begin with `x-` or a dot are passed over: anchors can live there.
 *
 * @param file what to call the text in errors
 * @throws ManifestError with the line, the column, the field and what was expected, for anything else; it has all further
 *   mistakes of the text in `others`
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
  return readManifest(text, file).manifest;
}

/** A manifest, and the line of each of its resources. */
export interface LocatedManifest {
  manifest: Manifest;
  lines: Map<string, number>;
}

/**
 * The same with places, for files that are read together.
 *
 * @throws ManifestError
 */
export function readManifest(text: string, file: string): LocatedManifest {
  const mistakes = new Mistakes();
  const located = mistakes.attempt(() => {
    const top = ManifestField.top({ source: openSource(text, file), mistakes });
    const sections = top.fields(SECTIONS, "a map with resources in it", (name) => /^(x-|\.)/.test(name));
    const field = sections.get("resources");
    const lines = new Map<string, number>();
    const resources = mistakes.attempt(() => (field === undefined ? new Map() : readResources(field, lines, mistakes)));
    const namespace = sections.get("namespace");
    const manifest: Manifest = {
      resources: resources ?? new Map(),
      hasResources: field !== undefined,
      namespace: mistakes.attempt(() => namespace?.text("the limiter's name of a namespace, as text")),
      otherSections: OTHER_SECTIONS.filter((section) => sections.has(section)),
    };
    return { manifest, lines };
  });
  mistakes.throwIfAny();
  return located as LocatedManifest; // where it could not be read, there was a mistake
}

/** JSON is most of YAML, but is read in a fraction of the time; a text that only looks like it may be YAML. */
function openSource(written: string, file: string): ManifestSource {
  const text = written.replace(/^\ufeff/, "");
  try {
    if (/^\s*\{/.test(text)) return new JsonSource(text, file);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (Buffer.byteLength(text) <= MAX_YAML_BYTES) return new YamlSource(text, file);
  const most = `${MAX_YAML_BYTES / 1024 ** 2} MiB`;
  const start = { file, line: 1, column: 1 };
  throw new ManifestError(
    start,
    `this is no JSON, and more than the ${most} of a manifest in YAML: split it, or correct it.`,
  );
}

function readResources(field: ManifestField, lines: Map<string, number>, mistakes: Mistakes): Map<string, Limit[]> {
  const resources = new Map<string, Limit[]>();
  for (const [name, resource] of field.entries("a map from each resource to its limits, {} if there are none")) {
    mistakes.attempt(() => assertName(resource, name, assertResourceName));
    mistakes.attempt(() => {
      const limits = resource.fields(RESOURCE_FIELDS, "a map with limits in it").get("limits");
      if (limits === undefined)
        return resource.missing("its limits are missing; expected limits with at least one limit.");
      resources.set(name, readLimits(limits, mistakes));
      lines.set(name, resource.line);
    });
  }
  return resources;
}

function readLimits(field: ManifestField, mistakes: Mistakes): Limit[] {
  const entries = field.entries("a map from each limit's name to its capacity, such as { rpm: { capacity: 500 } }");
  if (entries.size === 0) {
    throw field.nameError("expected at least one limit; leave the resource out if it is to have no defaults.");
  }
  return Array.from(entries, ([name, limit]) => {
    mistakes.attempt(() => assertName(limit, name, assertLimitName));
    const numbers = mistakes.attempt(() => readLimit(limit, mistakes));
    return numbers === undefined ? undefined : { name, ...numbers };
  }).filter((limit) => limit !== undefined);
}

function readLimit(field: ManifestField, mistakes: Mistakes): Omit<Limit, "name"> | undefined {
  const fields = field.fields(LIMIT_FIELDS, "a map such as { capacity: 500 }");
  const capacityField = fields.get("capacity");
  if (capacityField === undefined) {
    field.missing("its capacity is missing; expected one, such as { capacity: 500 }.");
    return undefined;
  }
  const read = (name: "refill_amount" | "refill_period") => mistakes.attempt(() => fields.get(name)?.wholeNumber());
  const declared = mistakes.attempt(() => capacityField.wholeNumber()) ?? 1;
  const capacity = mistakes.attempt(() => fields.get("burst")?.wholeNumber(declared, " (its capacity)")) ?? declared;
  return {
    capacity,
    refillAmount: read("refill_amount") ?? capacity,
    refillPeriodSeconds: read("refill_period") ?? DEFAULT_REFILL_PERIOD_SECONDS,
  };
}

function assertName(field: ManifestField, name: string, assert: (name: string) => void): void {
  try {
    assert(name);
  } catch (error) {
    throw field.nameError((error as Error).message);
  }
}
