import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { drifts, ForeignWriter } from "@rollcall/maintainer/drifts";
import { ResourceRegistry } from "@rollcall/registry";
import type { Io } from "../terminal/io.ts";

/** Milliseconds between two drifts, at least and at most: one can watch each of them heal. */
const PAUSE_MS = { least: 1_500, most: 4_000 };

/** How many resources there are to break. */
const RESOURCES = 6;

/** Breaks registries at random, flat and namespaced, in every way we know, until the signal aborts. */
export async function introduceDrift(
  client: DynamoDBClient,
  tableName: string,
  onDrift: (namespace: string | undefined, drift: string) => void,
  { clock, signal }: Pick<Io, "clock" | "signal">,
): Promise<void> {
  let strays = 0;
  while (!signal.aborted) {
    const namespace = oneOf([undefined, "demo-tenant"]);
    await using registry = new ResourceRegistry({ tableName, namespace, client });
    const names = Array.from({ length: RESOURCES }, (_, i) => `model-${i + 1}`);
    await Promise.all(names.map((name) => registry.setResourceDefaults(name, [{ name: "rpm", capacity: 60 }])));
    const drift = oneOf(drifts);
    const first = Math.floor(Math.random() * (RESOURCES - 1));
    onDrift(namespace, drift.name);
    await drift.make(new ForeignWriter(client, tableName, namespace), {
      listed: [names[first] ?? "", names[first + 1] ?? ""],
      fresh: [`stray-${++strays}`, `stray-${++strays}`],
    });
    await clock.sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least), signal);
  }
}

function oneOf<T>(choices: readonly T[]): T {
  return choices[Math.floor(Math.random() * choices.length)] as T;
}
