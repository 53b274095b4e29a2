import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, inject, it } from "vitest";
import { startFunction } from "./harness/deployed-function.ts";
import { Graph } from "./harness/graph.ts";
import { LambdaProcess } from "./harness/lambda-process.ts";
import { OUTPUT } from "./harness/synth.ts";

const graph = new Graph(inject("production"));
const names = graph.data.bundles.map(({ functionName }) => functionName);

/** The sweep has the passes besides: what stands in it is ours alone. */
const MAX_KILOBYTES = { stream: 60, sweep: 86 } as const;
const MAX_START_UP_RATIO = 1.2;
const MAX_ROUNDS = 20;
const nowhere = { endpoint: "http://127.0.0.1:9", tableName: "limits" };

it.each(names)("%s is small, with the SDK outside and a source map beside", (name) => {
  const { file, bytes } = graph.bundle(name);
  expect(bytes).toBeLessThanOrEqual(1_024 * MAX_KILOBYTES[name.includes("weep") ? "sweep" : "stream"]);
  const code = readFileSync(file, "utf8");
  expect(code).toContain('from"@aws-sdk/client-dynamodb"');
  const { sources } = JSON.parse(readFileSync(`${file}.map`, "utf8")) as { sources: string[] };
  expect(sources.some((source) => source.endsWith("packages/maintainer/src/telemetry.ts"))).toBe(true);
  expect(sources.filter((source) => source.includes("node_modules/@aws-sdk"))).toEqual([]);
});

it.each(names)("%s starts up in at most 1.2 times the time of a bare handler", async (name) => {
  const file = path.join(mkdtempSync(path.join(OUTPUT, "bare-")), "bare.mjs");
  writeFileSync(
    file,
    'import { DynamoDBClient } from "@aws-sdk/client-dynamodb";\nnew DynamoDBClient({});\nexport const handler = async () => ({ batchItemFailures: [] });\n',
  );
  const startBare = () =>
    LambdaProcess.start({ file, exportName: "handler", environment: { AWS_REGION: "eu-west-1" }, timeoutSeconds: 3 });
  const bare: number[] = [];
  const bundled: number[] = [];
  // Noise only adds: the least of several starts is what a start takes. They alternate, so that both meet the same noise.
  for (let round = 0; round < MAX_ROUNDS; round++) {
    await using one = await startBare();
    bare.push(one.startUpMs);
    await using other = await startFunction(graph, name, nowhere);
    bundled.push(other.startUpMs);
    if (round > 2 && Math.min(...bundled) <= MAX_START_UP_RATIO * Math.min(...bare)) break;
  }
  const [least, leastBare] = [Math.min(...bundled), Math.min(...bare)];
  expect(least / leastBare, `${least} ms against ${leastBare} ms`).toBeLessThanOrEqual(MAX_START_UP_RATIO);
});
