import { MalformedItemError } from "../protocol/errors.ts";
import type { StoredItem } from "../protocol/item-size.ts";
import { DEFAULT_REFILL_PERIOD_SECONDS } from "./constants.ts";
import { InvalidLimitError } from "./errors.ts";
import { assertLimitName, isReadableLimitName } from "./names.ts";
import { type ResourceAddress, resourceKey } from "./schema.ts";
import type { Limit, LimitInput } from "./types.ts";

/** A limit's attribute is `l_{name}_{suffix}`; the name is found by looking for its capacity. */
const attribute = (limit: string, suffix: "cp" | "bx" | "ra" | "rp"): string => `l_${limit}_${suffix}`;
const CAPACITY_ATTRIBUTE = /^l_(.+)_cp$/s;

/** Fills in the defaults of every limit and refuses what must not be written. */
export function completeLimits(inputs: readonly LimitInput[]): Limit[] {
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw new InvalidLimitError("No limits given: a default needs at least one; to remove it, delete the resource.");
  }
  const limits = inputs.map(completeLimit);
  const seen = new Set<string>();
  for (const { name } of limits) {
    if (seen.has(name))
      throw new InvalidLimitError(`Limit ${JSON.stringify(name)} is given twice; name each limit once.`);
    seen.add(name);
  }
  return limits;
}

function completeLimit(input: LimitInput): Limit {
  const {
    name,
    capacity,
    refillAmount = capacity,
    refillPeriodSeconds = DEFAULT_REFILL_PERIOD_SECONDS,
    ...rest
  } = input;
  assertLimitName(name);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) {
    throw new InvalidLimitError(
      `Limit ${JSON.stringify(name)} has an unknown field ${JSON.stringify(unknown)}; ` +
        "known are name, capacity, refillAmount and refillPeriodSeconds.",
    );
  }
  for (const [field, value] of Object.entries({ capacity, refillAmount, refillPeriodSeconds })) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new InvalidLimitError(
        `Limit ${JSON.stringify(name)}: ${field} is ${String(value)}; use a whole number from 1 to ${Number.MAX_SAFE_INTEGER}.`,
      );
    }
  }
  return { name, capacity, refillAmount, refillPeriodSeconds };
}

/** The attributes that hold the limits. Flat items also carry the burst ceiling that older readers insist on. */
export function limitAttributes(limits: readonly Limit[], flat: boolean): Record<string, { N: string }> {
  const attributes: Record<string, { N: string }> = {};
  for (const { name, capacity, refillAmount, refillPeriodSeconds } of limits) {
    attributes[attribute(name, "cp")] = { N: String(capacity) };
    if (flat) attributes[attribute(name, "bx")] = { N: String(capacity) };
    attributes[attribute(name, "ra")] = { N: String(refillAmount) };
    attributes[attribute(name, "rp")] = { N: String(refillPeriodSeconds) };
  }
  return attributes;
}

/**
 * Reads the limits of a stored default, sorted by name. Attributes that belong to no limit are passed over. In a
 * namespace the limiter neither reads nor writes the older burst ceiling; its migration leaves it in items it copied.
 *
 * @throws MalformedItemError where the limiter cannot read them: a number that is not whole and above 0, or a limit's
 *   name that it rejects, makes the whole default unreadable to it
 */
export function readLimits(item: StoredItem, { resource, namespace }: ResourceAddress): Limit[] {
  const malformed = (problem: string): MalformedItemError => {
    const { PK, SK } = resourceKey(resource, namespace);
    return new MalformedItemError({ PK: PK.S, SK: SK.S }, `${problem}; set the resource's defaults again`);
  };
  const number = (name: string): number => {
    const value = Number(item[name]?.N ?? Number.NaN);
    if (Number.isSafeInteger(value) && value > 0) return value;
    const found = JSON.stringify(item[name] ?? "missing");
    throw malformed(`attribute ${name} should be a whole number above 0 and is ${found}`);
  };
  const limits = Object.keys(item).flatMap((found): Limit[] => {
    const name = CAPACITY_ATTRIBUTE.exec(found)?.[1];
    if (name === undefined) return [];
    if (!isReadableLimitName(name)) {
      throw malformed(`attribute ${JSON.stringify(found)} names a limit that the limiter rejects`);
    }
    const ceiling = attribute(name, "bx");
    const hasCeiling = namespace === undefined && ceiling in item;
    return [
      {
        name,
        capacity: Math.max(number(found), hasCeiling ? number(ceiling) : 0),
        refillAmount: number(attribute(name, "ra")),
        refillPeriodSeconds: number(attribute(name, "rp")),
      },
    ];
  });
  return limits.sort((a, b) => (a.name < b.name ? -1 : 1));
}
