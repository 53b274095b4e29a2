import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { audit, ScanError } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { describe, expect, it } from "vitest";

/** Answers Scans with these keys, one after the other, and over again; a segment without keys has ended. */
function scanning(keysOf: (segment: number) => readonly string[]) {
  const pages = new Map<number, number>();
  let requests = 0;
  const send = async ({ input }: { input: { Segment?: number } }): Promise<object> => {
    if (input.Segment === undefined) return {};
    requests++;
    const page = pages.get(input.Segment) ?? 0;
    pages.set(input.Segment, page + 1);
    const keys = keysOf(input.Segment);
    const key = keys[page % keys.length];
    return { ScannedCount: 1, ...(key !== undefined && { LastEvaluatedKey: { PK: { S: key }, SK: { S: "x" } } }) };
  };
  const client = { send } as unknown as DynamoDBClient;
  const options = { client, tableName: "limits", segments: 2, ...withTiming({ clock: new VirtualClock() }) };
  return { run: () => audit(options), requests: () => requests };
}

describe("a Scan that would never end", () => {
  it("is an error where it repeats its last key, and names the segment", async () => {
    const { run, requests } = scanning((segment) => (segment === 1 ? ["a"] : []));
    await expect(run()).rejects.toMatchObject({ name: "ScanError", segment: 1 });
    await expect(run()).rejects.toThrow(ScanError);
    expect(requests()).toBeLessThan(10);
  });

  it.each([2, 3, 10, 100])("is an error where it goes in circles of %i keys", async (length) => {
    const circle = Array.from({ length }, (_, i) => `key-${i}`);
    const { run, requests } = scanning((segment) => (segment === 0 ? circle : []));
    await expect(run()).rejects.toThrow("came to the same key twice in segment 0");
    expect(requests()).toBeLessThanOrEqual(3 * length + 3);
  });
});
