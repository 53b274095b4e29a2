import { DynamoDB, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { resolveStreamArn, startEventSourceMapping } from "@rollcall/local";
import { createStreamHandler, streamEventSource } from "@rollcall/maintainer";
import { drifts, ForeignWriter } from "@rollcall/maintainer/drifts";
import { ResourceRegistry } from "@rollcall/registry";
import { registryKey, tableDefinition } from "@rollcall/registry/schema";
import { meterCapacity } from "@rollcall/testing/rollcall/capacity-meter";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import { RepairWatch } from "./repair-watch.ts";
import { number, same } from "./report.ts";
import type { Stage } from "./stage.ts";

const NAMESPACE = "demo-tenant";
const LISTED = ["gpt-4o", "o3"] as const;
const strays = (i: number) => [`stray-${2 * i + 1}`, `stray-${2 * i + 2}`] as const;

/** Lets everybody else break a registry, and the maintainer heal it. */
export async function healing(stage: Stage): Promise<void> {
  const { report, client, engine, tableName } = stage;
  report.title("5. Others break it, the maintainer heals it");
  report.line("  The table's stream is switched on and feeds the maintainer, as on AWS Lambda,");
  report.line("  which waits a second more for a batch to fill. Each kind of drift, in a");
  report.line("  tenant's registry among the same 20,000 items; the time is from the last");
  report.line("  write to the repair:");
  report.line();
  const [dynamodb, streams] = [new DynamoDB(engine.clientConfig), new DynamoDBStreams(engine.clientConfig)];
  const { StreamSpecification } = tableDefinition();
  await dynamodb.updateTable({ TableName: tableName, StreamSpecification });

  const maintainer = new DynamoDBClient(engine.clientConfig);
  const repairs = new RepairWatch();
  const handler = createStreamHandler({
    tableName,
    client: maintainer,
    ...SILENT,
    onEvent: (event) => repairs.hear(event),
  });
  await using _mapping = await startEventSourceMapping({
    ...streamEventSource(),
    maximumBatchingWindowInSeconds: 0, // as rollcall dev: it saves invocations, which cost nothing here
    streams,
    streamArn: await resolveStreamArn(dynamodb, tableName),
    functionTimeoutSeconds: 30,
    handler: (event, context) => handler(event, context),
  });

  await using registry = new ResourceRegistry({ tableName, namespace: NAMESPACE, client });
  const universe = [...LISTED, ...drifts.flatMap((_, i) => strays(i))];
  const writer = new ForeignWriter(client, tableName, NAMESPACE);
  let healed = 0;
  for (const [i, drift] of drifts.entries()) {
    await Promise.all(LISTED.map((name) => registry.setResourceDefaults(name, [{ name: "rpm", capacity: 60 }])));
    using meter = meterCapacity(maintainer, engine);
    report.line(`  ${drift.name}`, "drift");
    await drift.make(writer, { listed: LISTED, fresh: strays(i) });
    const repair = await repairs.until(() => isExact(registry, universe));
    if (repair === undefined) continue;
    healed++;
    const { names, ms } = repair;
    const cost = `${meter.requests} requests, ${number(meter.writeUnits)} write units`;
    report.line(`    ${number(ms / 1_000, 1)} s later: ${names} (${cost})`, "repair");
  }
  report.line("  (A delete by TTL heals like any other; the tests show it, for engines expire");
  report.line("  items late or never.)");
  report.claim(
    `all ${drifts.length} were healed: the registry named exactly what has limits`,
    healed === drifts.length,
  );

  const purged = new ForeignWriter(client, tableName, "purged-tenant");
  await purged.putItem("gpt-4o");
  await repairs.until(async () => (await readRegistry(stage, "purged-tenant")) !== undefined);
  await purged.deleteItem("gpt-4o");
  await purged.removeRegistry();
  await writer.putItem("marker"); // healed after all that the maintainer may do about the purge
  await repairs.until(() => isExact(registry, [...universe, "marker"]));
  report.claim(
    "a tenant that was purged, limits first and registry last, stays gone",
    (await readRegistry(stage, "purged-tenant")) === undefined,
  );
  for (const each of [dynamodb, streams, maintainer]) each.destroy();
}

async function readRegistry({ client, tableName }: Stage, namespace: string) {
  const get = new GetItemCommand({ TableName: tableName, Key: registryKey(namespace), ConsistentRead: true });
  return (await client.send(get)).Item;
}

/** Whether the registry names just those of the names that have limits. */
async function isExact(registry: ResourceRegistry, universe: readonly string[]): Promise<boolean> {
  const options = { consistentRead: true };
  const found = await Promise.all(universe.map((name) => registry.getResourceDefaults(name, options)));
  const withLimits = universe.filter((_, i) => (found[i]?.length ?? 0) > 0);
  return same(await registry.listResourcesWithDefaults(options), withLimits.sort());
}
