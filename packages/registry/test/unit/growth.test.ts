import { getEventListeners } from "node:events";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ResourceRegistry } from "@rollcall/registry";
import { describe, expect, it } from "vitest";

const limits = [{ name: "rpm", capacity: 1 }];
const client = { send: async () => ({}) } as unknown as DynamoDBClient;

/** A signal that never aborts, and what is asked of it. */
function watchedSignal() {
  const { signal } = new AbortController();
  const seen = { looks: 0, listeners: 0 };
  const isAborted = (): boolean => {
    seen.looks++;
    return false;
  };
  Object.defineProperty(signal, "aborted", { get: isAborted });
  const add = signal.addEventListener.bind(signal) as (type: string, listener: () => void) => void;
  signal.addEventListener = (type: string, listener: never) => {
    seen.listeners++;
    add(type, listener);
  };
  return { signal, seen };
}

/** Calls at the same time, every other one a removal; and how often each was looked at. */
async function looksPerCall(count: number): Promise<number> {
  const { signal, seen } = watchedSignal();
  const registry = new ResourceRegistry({ tableName: "limits", client });
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      i % 2 === 0
        ? registry.setResourceDefaults(`name-${i}`, limits, { signal })
        : registry.deleteResourceDefaults(`name-${i}`, { signal }),
    ),
  );
  return seen.looks / count;
}

describe("ResourceRegistry, under a crowd of calls with one signal,", () => {
  it("looks at each waiting write as often among 50,000 as among 2,000", { timeout: 120_000 }, async () => {
    const few = await looksPerCall(2_000);
    expect(await looksPerCall(50_000)).toBeLessThanOrEqual(1.01 * few);
  });

  it("has one listener on it, for calls of every kind, and none afterwards", async () => {
    const { signal, seen } = watchedSignal();
    const registry = new ResourceRegistry({ tableName: "limits", client });
    const calls = Array.from({ length: 100 }, (_, i) => [
      registry.setResourceDefaults(`set-${i}`, limits, { signal }),
      registry.deleteResourceDefaults(`delete-${i}`, { signal }),
      registry.updateResourceDefaults(`update-${i}`, limits, { signal }),
      registry.getResourceDefaults(`get-${i}`, { signal }),
      registry.listResourcesWithDefaults({ signal }),
    ]);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await Promise.all(calls.flat());
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(seen.listeners).toBeLessThan(5);
  });
});
