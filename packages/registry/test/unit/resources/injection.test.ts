import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type LimitInput, RegistryError, ResourceRegistry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { parseRegistryKey, parseResourceKey } from "@rollcall/registry/schema";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import { cancelled, conditionFailed, conflict, registryFull } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { keysOf, skeletonOf } from "@rollcall/testing/rollcall/request-skeleton";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limitAttributes } from "../../../src/resources/limits.ts";

/** What DynamoDB may say to a request; each leads to another form of the next. */
const REFUSALS = {
  none: () => undefined,
  "no registry": () => cancelled("None", "ConditionalCheckFailed"),
  "registry full": () => cancelled("None", registryFull),
  "registry busy": () => cancelled("None", "TransactionConflict"),
  "default busy": () => cancelled("TransactionConflict", "None"),
  "no default": conditionFailed,
  "a transaction": conflict,
} as const;
type Answer = keyof typeof REFUSALS;

const acceptedName = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.\-/]{0,63}$/);
const acceptedLimit = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$/).filter((name) => name !== "wcu");
const foundName = fc.oneof(
  acceptedName,
  fc.string({ unit: "binary", minLength: 1, maxLength: 80 }),
  fc.constantFrom(
    "t1/SYSTEM#",
    "t1/RESOURCE#a",
    "../t1",
    "#set",
    ":members",
    "a, #pk = :a0",
    ") OR (",
    "#CONFIG",
    "__proto__",
  ),
);
const namespace = fc.option(fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,10}$/), { nil: undefined });
const answers = fc.array(fc.constantFrom(...(Object.keys(REFUSALS) as Answer[])), { maxLength: 4 });

type Call = (registry: ResourceRegistry, name: string, limit: string) => Promise<unknown>;
const limits = (name: string): LimitInput[] => [{ name, capacity: 5 }];
const WRITES: readonly Call[] = [
  (registry, name, limit) => registry.setResourceDefaults(name, limits(limit)),
  (registry, name, limit) => registry.updateResourceDefaults(name, limits(limit)),
];
const CALLS_ON_FOUND_NAMES: readonly Call[] = [
  (registry, name) => registry.deleteResourceDefaults(name),
  (registry, name) => registry.getResourceDefaults(name),
  (registry) => registry.listResourcesWithDefaults(),
  (registry) => registry.registryStatus(),
];

/** The requests of one call. What it comes to does not matter here. */
async function requestsOf(
  namespace: string | undefined,
  answers: readonly Answer[],
  call: Call,
  name: string,
  limit: string,
) {
  const inputs: object[] = [];
  const rest = [...answers];
  const send = async ({ input }: { input: object }): Promise<object> => {
    inputs.push(input);
    const error = "Key" in input ? undefined : REFUSALS[rest.shift() ?? "none"]();
    if (error !== undefined) throw error;
    return {};
  };
  const client = { send } as unknown as DynamoDBClient;
  const registry = new ResourceRegistry({
    tableName: "limits",
    namespace,
    client,
    ...withTiming({ clock: new VirtualClock() }),
  });
  const isKnown = (error: unknown) => error instanceof RegistryError || (error as Error).name.endsWith("Exception");
  await call(registry, name, limit).catch((error) => expect(error).toSatisfy(isKnown));
  return inputs;
}

describe.each([
  ["accepted", acceptedName, [...WRITES, ...CALLS_ON_FOUND_NAMES]],
  ["found in storage", foundName, CALLS_ON_FOUND_NAMES],
])("ResourceRegistry, given a name %s,", { timeout: 60_000 }, (_, names, calls) => {
  it("changes nothing in any request but values, and reaches its own item and its own namespace's registry alone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...calls),
        names,
        acceptedLimit,
        namespace,
        answers,
        async (call, name, limit, namespace, answers) => {
          const inputs = await requestsOf(namespace, answers, call, name, limit);
          expect(inputs.length).toBeGreaterThan(0);
          expect(inputs.map(skeletonOf)).toEqual(
            (await requestsOf(namespace, answers, call, "a", "b")).map(skeletonOf),
          );
          for (const key of keysOf(inputs)) {
            const address = parseResourceKey(key) ?? parseRegistryKey(key);
            expect(address).toEqual(address && "resource" in address ? { namespace, resource: name } : { namespace });
            expect(key.PK.S.startsWith(namespace === undefined ? "" : `${namespace}/`)).toBe(true);
          }
        },
      ),
      { numRuns: runs(2_000) },
    );
  });
});

it("limits of different names never share an attribute, with each other or with the item", () => {
  const reserved = ["PK", "SK", "GSI4PK", "GSI4SK", "resource", "config_version", "resources", "ttl"];
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.oneof(acceptedLimit, fc.constantFrom("a", "a_cp", "a_ra", "l_a_cp", "_cp")), { maxLength: 6 }),
      (names) => {
        const written = names.map((name) => ({ name, capacity: 1, refillAmount: 1, refillPeriodSeconds: 1 }));
        const attributes = Object.keys(limitAttributes(written, true));
        expect(attributes).toHaveLength(4 * names.length);
        expect(attributes.filter((name) => reserved.includes(name))).toEqual([]);
      },
    ),
  );
});
