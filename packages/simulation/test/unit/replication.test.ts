import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { resources } from "@rollcall/registry/resources";
import { registryKey } from "@rollcall/registry/schema";
import { expect, it } from "vitest";
import type { Layout } from "../../src/layout/layout.ts";
import { planFrom } from "../../src/plan/plan.ts";
import { Watch } from "../../src/promises/watch.ts";
import { History } from "../../src/timeline/history.ts";
import { Timeline } from "../../src/timeline/timeline.ts";
import { Region } from "../../src/world/region.ts";
import { Replication } from "../../src/world/replication.ts";

const LAYOUT: Layout = { definitions: [resources], kept: "each", isFacade: true };

it("the last writer of an item wins in every Region, and takes the other's names with it", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const timeline = new Timeline();
    const watch = new Watch(timeline, new History(timeline, false), LAYOUT);
    const setting = { ...planFrom(seed).setting, layout: LAYOUT };
    const regions = ["eu", "us"].map((name) => new Region(name, timeline, watch, setting)) as [Region, Region];
    for (const region of regions) region.createTable([]);
    const replication = new Replication(regions, timeline, seed);
    const register = (region: Region, name: string): void => {
      const add = { UpdateExpression: "ADD resources :names", ExpressionAttributeValues: { ":names": { SS: [name] } } };
      region.database.execute(new UpdateItemCommand({ TableName: "limits", Key: registryKey(), ...add }));
    };
    timeline.after(0, () => register(regions[0], "first"));
    timeline.after(1, () => register(regions[1], "second"));
    await timeline.runUntil(() => false);

    expect(replication.isDone).toBe(true);
    for (const { database } of regions) {
      expect(database.table("limits").get(registryKey())?.resources?.SS).toEqual(["second"]);
    }
  }
});
