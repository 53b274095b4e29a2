import { readFileSync } from "node:fs";
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { parseManifest } from "@rollcall/cli";
import { parseResourceKey } from "@rollcall/registry/schema";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { neighbours } from "@rollcall/testing/rollcall/neighbours";
import { number, same } from "./report.ts";
import type { Stage } from "./stage.ts";

const NEIGHBOURS = 20_000;
const MANIFEST = new URL("../data/llm-gateway.yaml", import.meta.url);

/** Fills a table as a limiter does, and lists its resources with and without a registry. */
export async function listing(stage: Stage): Promise<void> {
  const { report, registry, client, tableName } = stage;
  report.title("1. A gateway's table");
  await stage.createTable(tableName);
  const { resources: gateway } = parseManifest(readFileSync(MANIFEST, "utf8"), "llm-gateway.yaml");
  await putAll(client, tableName, neighbours("demo-tenant", NEIGHBOURS));
  const filled = await stage.measure(() =>
    Promise.all([...gateway].map(([resource, limits]) => registry.setResourceDefaults(resource, limits))),
  );
  report.line(`  ${number(NEIGHBOURS)} items of a rate limiter: buckets, usage, users, their settings`);
  report.line(`  ${gateway.size} resources with default limits, from llm-gateway.yaml`);
  report.claim(`all ${gateway.size} were set in ${filled.requests} request`, filled.requests === 1);

  report.title("2. Which resources have limits?");
  const scan = await stage.measure(() => listByScan(stage));
  const list = await stage.measure(() => registry.listResourcesWithDefaults());
  report.table([
    ["", "names", "requests", "read units", "time"],
    ...[["Scan", scan] as const, ["Rollcall", list] as const].map(([way, { result, requests, readUnits, ms }]) => [
      way,
      number(result.length),
      number(requests),
      number(readUnits, 1),
      `${number(ms, 1)} ms`,
    ]),
  ]);
  report.line(`  ${list.result.slice(0, 2).join(", ")}, … ${list.result.at(-1)}`);
  report.claim("both name the same resources", same(scan.result, list.result));
  report.claim("Rollcall asked once, for half a read unit", list.requests === 1 && list.readUnits === 0.5);
  const times = scan.readUnits / list.readUnits;
  report.claim(`that is ${number(times)} times less, and stays so however large the table grows`, times > 500);
}

/** What one does without a registry: read the whole table and keep what is a default. */
async function listByScan({ client, tableName }: Stage): Promise<string[]> {
  const names: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName })) {
    for (const item of Items) {
      const address = parseResourceKey(item);
      if (address !== undefined) names.push(address.resource);
    }
  }
  return names.sort();
}
