import { ForeignWriter } from "@rollcall/maintainer/drifts";
import { ResourceRegistry } from "@rollcall/registry";
import { number, same } from "./report.ts";
import type { Measured, Stage } from "./stage.ts";

const IMPORTED = 1_000;
const TWO_CALL_WRITERS = 50;
const limits = [{ name: "rpm", capacity: 60 }];

/** Imports many resources concurrently, by the library and in the usual two calls each. */
export async function importing(stage: Stage): Promise<void> {
  const { report, client } = stage;
  report.title(`4. ${number(IMPORTED)} resources concurrently, where ${number(IMPORTED)} are registered already`);
  const imported = Array.from({ length: IMPORTED }, (_, i) => `import-${String(i).padStart(5, "0")}`);
  const registered = imported.map((name) => name.replace("import", "models"));
  for (const tableName of ["joined", "two-calls"]) {
    await stage.createTable(tableName);
    await using registry = new ResourceRegistry({ tableName, client });
    await Promise.all(registered.map((resource) => registry.setResourceDefaults(resource, limits)));
  }

  await using registry = new ResourceRegistry({ tableName: "joined", client });
  const rollcall = await stage.measure(() =>
    Promise.all(imported.map((resource) => registry.setResourceDefaults(resource, limits))),
  );
  const twoCalls = await stage.measure(async () => {
    const waiting = imported.values();
    const twoCallWriter = new ForeignWriter(client, "two-calls");
    const writer = async () => {
      for (const resource of waiting) {
        await twoCallWriter.putItem(resource);
        await twoCallWriter.register(resource);
      }
    };
    await Promise.all(Array.from({ length: TWO_CALL_WRITERS }, writer));
  });

  const row = (way: string, { requests, writeUnits, ms }: Measured<unknown>, crash: string) => [
    way,
    number(requests),
    number(writeUnits),
    number(writeUnits / IMPORTED, 2),
    `${number(ms)} ms`,
    crash,
  ];
  report.table([
    ["", "requests", "write units", "units a name", "time", "after a crash"],
    row("put, then add", twoCalls, "may be wrong"),
    row("Rollcall", rollcall, "right"),
  ]);
  const listed = await registry.listResourcesWithDefaults({ consistentRead: true });
  report.claim("the registry names all of them, and nothing else", same(listed, [...imported, ...registered].sort()));
  report.claim(
    "at most 20 requests and 2.5 write units a name",
    rollcall.requests <= 20 && rollcall.writeUnits <= 2.5 * IMPORTED,
  );
  const times = twoCalls.writeUnits / rollcall.writeUnits;
  report.claim(`${number(times, 1)} times fewer write units than the two-call way`, times > 4);
}
