import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createStreamHandler } from "@rollcall/maintainer";
import { testInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import { created, relisted } from "@rollcall/testing/rollcall/records";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import type { DynamoDBRecord } from "aws-lambda";
import fc from "fast-check";
import { expect } from "vitest";

const anything = fc.anything({ maxDepth: 3, withNullPrototype: true });
const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "x".repeat(3_000), "RESOURCE#", "gpt-4\n"));
const keyText = fc.oneof(
  text,
  text.map((name) => `RESOURCE#${name}`),
  text.map((namespace) => `${namespace}/RESOURCE#a`),
  fc.constantFrom("SYSTEM#", "t1/SYSTEM#", "/SYSTEM#"),
);
const value = fc.oneof(
  anything,
  keyText.map((S) => ({ S })),
  anything.map((S) => ({ S })),
  fc.array(text).map((SS) => ({ SS })),
  fc.array(anything).map((SS) => ({ SS })),
);
const image = fc.oneof(anything, fc.dictionary(fc.constantFrom("PK", "SK", "resources", "ttl"), value));
const keys = fc.oneof(
  image,
  fc.record({ PK: value, SK: fc.constantFrom("#CONFIG", "#RESOURCES", "#STATE").map((S) => ({ S })) }),
);
const badRecord = fc.oneof(
  anything,
  fc.record(
    {
      eventName: fc.oneof(fc.constantFrom("INSERT", "MODIFY", "REMOVE", "UNKNOWN_TO_SDK_VERSION", "insert"), anything),
      dynamodb: fc.oneof(
        anything,
        fc.record({ Keys: keys, NewImage: image, OldImage: image, SequenceNumber: anything }, { requiredKeys: [] }),
      ),
      userIdentity: anything,
    },
    { requiredKeys: [] },
  ),
);

testInCi(
  "the stream handler never throws on 10,000 fuzzed records, and handles the good ones among them",
  {
    timeout: 60_000,
  },
  async () => {
    let fuzzed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(badRecord, { minLength: 10, maxLength: 30 }), fc.nat(30), async (bad, at) => {
        fuzzed += bad.length;
        const added: string[] = [];
        const removed: string[] = [];
        const handler = createStreamHandler({
          tableName: "limits",
          client: tableWith({ registered: ["orphan"], defaults: ["RESOURCE#good"], added, removed }),
          ...SILENT,
        });
        const good = [created("good"), relisted([], ["orphan"])];
        const Records = bad.toSpliced(at, 0, ...good) as DynamoDBRecord[];
        const answer = await handler({ Records }, { getRemainingTimeInMillis: () => 60_000 });
        expect(answer).toEqual({ batchItemFailures: [] });
        expect(added).toContain("good");
        expect(removed).toContain("orphan");
      }),
      { numRuns: 1_000 },
    );
    expect(fuzzed).toBeGreaterThanOrEqual(10_000);
  },
);

/** A table that believes every check. What it holds in other namespaces does not matter here. */
function tableWith(table: { registered: string[]; defaults: string[]; added: string[]; removed: string[] }) {
  const send = async ({ input }: { input: Record<string, never> }) => {
    const { RequestItems, TransactItems } = input as {
      RequestItems?: { limits: { Keys: { PK: { S: string } }[] } };
      TransactItems?: {
        Update?: { UpdateExpression: string; ExpressionAttributeValues: { ":members": { SS: string[] } } };
      }[];
    };
    if (RequestItems)
      return { Responses: { limits: RequestItems.limits.Keys.filter(({ PK }) => table.defaults.includes(PK.S)) } };
    const update = TransactItems?.at(-1)?.Update;
    if (update === undefined) return { Item: { resources: { SS: table.registered } } };
    const names = update.ExpressionAttributeValues[":members"].SS;
    (update.UpdateExpression.includes("ADD") ? table.added : table.removed).push(...names);
    return {};
  };
  return { send } as unknown as DynamoDBClient;
}
