import { rmSync } from "node:fs";
import { GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { dynamodb, folder, item, json, manifest, run, tableWith, title, writes } from "../../fixtures/apply-table.ts";

afterAll(() => rmSync(folder, { recursive: true }));

const ITEMS = [item("theirs", 1), item("ours", 2)];
const NAMES = ["ours", "theirs"];
const deletedKeys = () =>
  dynamodb
    .commandCalls(TransactWriteItemsCommand)
    .flatMap(({ args: [{ input }] }) => input.TransactItems ?? [])
    .flatMap(({ Delete }) => Delete?.Key?.PK?.S ?? []);

beforeEach(() => {
  manifest({});
  tableWith(ITEMS, NAMES, ["theirs"]);
});

describe("resource apply --prune beside the limiter's provisioner", () => {
  it("deletes what the provisioner manages, and names what it leaves alone", async () => {
    const { exitCode, stdout } = await run({}, "--dry-run", "--prune");
    expect(title(stdout)).toBe(
      [
        "To apply FILE to table limits:",
        "  - theirs   rpm:1/min",
        "  Not managed by the limiter's provisioner, and left to --prune-unmanaged: ours",
        "1 to delete, 1 not in the file and left alone",
        "Dry run: nothing was written.\n",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
    expect(await json("--prune")).toMatchObject({
      deleted: [{ resource: "theirs" }],
      unmanaged: ["ours"],
      leftAlone: 1,
    });
    expect(deletedKeys()).toEqual(["RESOURCE#theirs"]);
  });

  it("deletes the others, too, with --prune-unmanaged, and marks them", async () => {
    const { stdout } = await run({}, "--yes", "--prune-unmanaged");
    expect(title(stdout)).toBe(
      [
        "Applied FILE to table limits: 2 deleted",
        "  - ours     rpm:2/min",
        "             not managed by the limiter's provisioner",
        "  - theirs   rpm:1/min\n",
      ].join("\n"),
    );
    expect(deletedKeys().sort()).toEqual(["RESOURCE#ours", "RESOURCE#theirs"]);
  });

  it("deletes nothing where the list is empty, as it is when the provisioner's stack was deleted", async () => {
    tableWith(ITEMS, NAMES, []);
    expect(await json("--prune")).toMatchObject({ deleted: [], leftAlone: 2, unmanaged: NAMES });
    expect(writes()).toBe(0);
  });

  it("passes over listed names whose write failed, and deletes a listed default that no registry has", async () => {
    tableWith([...ITEMS, item("unlisted", 3)], NAMES, ["failed", "unlisted"]);
    expect(await json("--prune")).toMatchObject({
      deleted: [{ resource: "unlisted" }],
      unmanaged: NAMES,
      leftAlone: 2,
    });
    expect(deletedKeys()).toEqual(["RESOURCE#unlisted"]);
  });

  it("deletes every registered resource where no provisioner keeps a list", async () => {
    tableWith(ITEMS, NAMES);
    const report = await json("--prune");
    expect(report).toMatchObject({ deleted: [{ resource: "ours" }, { resource: "theirs" }], leftAlone: 0 });
    expect(report).not.toHaveProperty("unmanaged");
  });

  it("does not read the list where nothing is to be pruned", async () => {
    expect(await json()).toMatchObject({ deleted: [], leftAlone: 2 });
    const keys = dynamodb.commandCalls(GetItemCommand).map(({ args: [{ input }] }) => input.Key?.SK?.S);
    expect(keys).not.toContain("#PROVISIONER");
  });
});
