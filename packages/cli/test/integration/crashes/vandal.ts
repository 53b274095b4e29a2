import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { drifts, ForeignWriter } from "@rollcall/maintainer/drifts";
import * as fc from "fast-check";
import type { VandalLine, VandalSetup } from "./start-vandal.ts";

/*
 * A program that breaks the registry in every way we know, over and over, until it is killed: between its requests, too.
 */
const STEPS = 500;
/** Milliseconds between two drifts: the maintainer is to have something to do, not to fall behind. */
const PAUSE_MS = 20;

const { clientConfig, tableName, names, seed }: VandalSetup = JSON.parse(process.argv[2] ?? "");
const writer = new ForeignWriter(new DynamoDBClient(clientConfig), tableName);
const step = fc.record({
  drift: fc.constantFrom(...drifts),
  names: fc.shuffledSubarray([...names], { minLength: 4, maxLength: 4 }),
});

for (;;) {
  for (const { drift, names } of fc.sample(step, { numRuns: STEPS, seed })) {
    const [a = "", b = "", c = "", d = ""] = names;
    try {
      for (const name of [a, b]) await writer.putItem(name);
      await writer.register(a, b);
      await drift.make(writer, { listed: [a, b], fresh: [c, d] });
      process.stdout.write(`${JSON.stringify({ drift: drift.name } satisfies VandalLine)}\n`);
    } catch {} // there is no engine at the moment
    await setTimeout(PAUSE_MS);
  }
}
