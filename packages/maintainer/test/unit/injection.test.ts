import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { isNamespaceId } from "@rollcall/registry/resources";
import { parseRegistryKey, parseResourceKey, registryKey, resourceKey } from "@rollcall/registry/schema";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { keysOf, skeletonOf } from "@rollcall/testing/rollcall/request-skeleton";
import fc from "fast-check";
import { expect, it } from "vitest";
import { initialCursor } from "../../src/pass/pass-cursor.ts";
import { readPairs } from "../../src/pass/read-pairs.ts";
import { ScanReader } from "../../src/pass/scan-page.ts";
import { readExisting, readRegistry } from "../../src/repair/membership.ts";
import { reconcile } from "../../src/repair/reconcile.ts";
import { sweepStateKey } from "../../src/sweep/sweep-state.ts";
import { SweepStore } from "../../src/sweep/sweep-store.ts";
import { NO_FINDINGS } from "../../src/sweep/sweep-tally.ts";
import { onlyResources, placeOf, registryOf } from "../fixtures/namespaces.ts";

const { signal } = new AbortController();

/** A client that keeps the inputs of its requests and answers each of them with nothing. */
function recordingTable() {
  const inputs: object[] = [];
  const send = async ({ input }: { input: object }): Promise<object> => {
    inputs.push(input);
    return {};
  };
  const client = { send } as unknown as DynamoDBClient;
  const retry = { clock: new VirtualClock(), random: () => 0.5, contentionTimeoutMs: 1_000 };
  return { inputs, table: { client, tableName: "limits", retry } };
}

type Namespace = string | undefined;
type Table = ReturnType<typeof recordingTable>["table"];

/** Everything the maintainer asks of a table on account of a name that it found there. */
const REQUESTS: Readonly<Record<string, (table: Table, namespace: Namespace, name: string) => Promise<unknown>>> = {
  "the registry": (table, namespace) => readRegistry(table, placeOf(namespace), signal),
  "the default": (table, namespace, name) => readExisting(table, registryOf(namespace), [name], signal),
  "both in one": (table, namespace, name) => readPairs(table, placeOf(namespace), [name], signal),
  "a repair of a missing name": (table, namespace, name) =>
    reconcile({ ...table, registry: registryOf(namespace) }, { missing: [name], orphaned: [] }, signal),
  "a repair of an orphaned name": (table, namespace, name) =>
    reconcile({ ...table, registry: registryOf(namespace) }, { missing: [], orphaned: [name] }, signal),
};

const name = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 80 }),
  fc.constantFrom("t1/SYSTEM#", "t1/RESOURCE#a", "../t1", "#set", ":members", "a, #pk = :a0", ") OR (", "#CONFIG"),
);
const namespace = fc.option(
  fc
    .oneof(fc.constantFrom("t1", "../t1", "a/b", ":members", "RESOURCE", "SYSTEM"), fc.string({ minLength: 1 }))
    .filter((text) => !text.includes("#")),
  { nil: undefined },
);

it.each(Object.entries(REQUESTS))(
  "a name found in storage changes nothing in the request for %s but values, and stays in its namespace",
  async (_, request) => {
    const inputsOf = async (namespace: Namespace, name: string) => {
      const { inputs, table } = recordingTable();
      await request(table, namespace, name);
      return inputs;
    };
    await fc.assert(
      fc.asyncProperty(namespace, name, async (namespace, name) => {
        const inputs = await inputsOf(namespace, name);
        const reference = await inputsOf(alike(namespace), "a");
        expect(inputs.map(skeletonOf)).toEqual(reference.map(skeletonOf));
        for (const key of keysOf(inputs)) {
          const isOwn = [resourceKey(name, namespace), registryKey(namespace)].some(({ PK }) => PK.S === key.PK.S);
          expect(isOwn).toBe(true);
          expect((parseResourceKey(key) ?? parseRegistryKey(key))?.namespace).toBe(namespace);
        }
      }),
      { numRuns: runs(500) },
    );
  },
);

/** Another namespace of the same kind: none, an id as the limiter makes them, or one chosen by an old client. */
function alike(namespace: string | undefined): string | undefined {
  if (namespace === undefined) return undefined;
  return isNamespaceId(namespace) ? "rcof3sHx3fY" : "t1";
}

it("a name too long for any key is taken off its own namespace's registry by the same request as any other", async () => {
  const long = fc.string({ unit: "binary", minLength: 2_049, maxLength: 2_100 });
  await fc.assert(
    fc.asyncProperty(long, async (name) => {
      const { inputs, table } = recordingTable();
      await reconcile({ ...table, registry: registryOf("t1") }, { missing: [], orphaned: [name] }, signal);
      expect(inputs).toEqual([
        {
          TableName: "limits",
          Key: registryKey("t1"),
          UpdateExpression: "DELETE #set :members",
          ConditionExpression: "attribute_exists(#pk)",
          ExpressionAttributeNames: { "#set": "resources", "#pk": "PK" },
          ExpressionAttributeValues: { ":members": { SS: [name] } },
        },
      ]);
    }),
  );
});

it("names that a sweep has to remember are one value of its own item", async () => {
  await fc.assert(
    fc.asyncProperty(name, namespace, async (name, namespace) => {
      const { inputs, table } = recordingTable();
      const suspects = [{ namespace: namespace ?? null, names: [name] }];
      const cursor = { ...initialCursor("limits", onlyResources, "all", 1), suspects };
      const store = new SweepStore(table, { warn() {} });
      await store.write({ current: { startedAt: 1, findings: NO_FINDINGS, cursor } }, signal);
      await store.write({ current: { startedAt: 1, findings: NO_FINDINGS, cursor } }, signal);
      inputs.shift(); // the first version has none before it
      expect(keysOf(inputs)).toEqual([sweepStateKey()]);
      expect(inputs).toMatchObject([
        {
          ConditionExpression: "attribute_not_exists(#sk) OR #version = :before",
          ExpressionAttributeNames: { "#sk": "SK", "#version": "version" },
          ExpressionAttributeValues: { ":before": { N: "1" } },
        },
      ]);
    }),
  );
});

it("a Scan continues from any key by the same request", () => {
  fc.assert(
    fc.property(name, (name) => {
      const page = (PK: string) =>
        new ScanReader(onlyResources).page(
          "limits",
          { index: 0, total: 1, position: { done: false, after: resourceKey(PK) } },
          10,
        );
      expect(skeletonOf(page(name))).toEqual(skeletonOf(page("a")));
      expect(page(name).ExclusiveStartKey).toEqual(resourceKey(name));
    }),
  );
});
