import { rmSync } from "node:fs";
import {
  BatchGetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { StoredItem } from "@rollcall/registry/protocol";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { dynamodb, folder, item, json, manifest, putItem, rpm, run, tableWith } from "../../fixtures/apply-table.ts";

afterAll(() => rmSync(folder, { recursive: true }));

const owned = (capacity: number, owner: string): StoredItem => ({
  ...item("gpt-4", capacity),
  l_old_cp: { N: "1" },
  l_old_ra: { N: "1" },
  l_old_rp: { N: "1" },
  owner: { S: owner },
  ttl: { N: "1800000000" },
});
const transactions = () => dynamodb.commandCalls(TransactWriteItemsCommand).map(({ args: [{ input }] }) => input);
const refused = () =>
  new TransactionCanceledException({
    message: "Transaction cancelled",
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: [{ Code: "ConditionalCheckFailed" }, { Code: "None" }],
  });

beforeEach(() => {
  manifest({ "gpt-4": 5 });
  tableWith([owned(4, "ann")], ["gpt-4"]);
});

describe("resource apply, where others keep attributes in a default", () => {
  it("names what it keeps in the plan and in JSON", async () => {
    const { stdout } = await run({}, "--dry-run");
    expect(stdout).toMatch(/ {2}~ gpt-4 {3}rpm:4\/min → rpm:5\/min\n {12}- old:1\/sec\n {12}keeps: owner, ttl\n/);
    const { changed } = await json("--dry-run");
    expect(changed).toMatchObject([{ resource: "gpt-4", to: [rpm(5)], kept: ["owner", "ttl"] }]);
  });

  it("writes them again with the new limits, without the old ones, on condition that they are as read", async () => {
    expect(await json()).toMatchObject({ changed: [{ kept: ["owner", "ttl"] }], failed: [] });
    expect(dynamodb.commandCalls(PutItemCommand)).toHaveLength(0);
    expect(transactions()).toHaveLength(1);
    expect(transactions()[0]?.TransactItems?.[0]?.Put).toMatchObject({
      Item: { ...putItem("gpt-4", 5), owner: { S: "ann" }, ttl: { N: "1800000000" } },
      ConditionExpression: "#kept0 = :kept0 AND #kept1 = :kept1",
      ExpressionAttributeNames: { "#kept0": "owner", "#kept1": "ttl" },
      ExpressionAttributeValues: { ":kept0": { S: "ann" }, ":kept1": { N: "1800000000" } },
    });
    expect(transactions()[0]?.TransactItems?.[0]?.Put?.Item).not.toHaveProperty("l_old_cp");
  });

  it("drops a namespace's burst ceiling, and puts its version and its index keys right", async () => {
    const stored: StoredItem = {
      ...owned(4, "ann"),
      PK: { S: "t1/RESOURCE#gpt-4" },
      l_rpm_bx: { N: "9" },
      GSI4PK: { S: "x" },
    };
    dynamodb.on(BatchGetItemCommand).resolves({ Responses: { limits: [stored] } });
    await json("--namespace", "t1");
    const written = transactions()[0]?.TransactItems?.[0]?.Put?.Item;
    expect(written).toMatchObject({
      config_version: { N: "1" },
      GSI4PK: { S: "t1" },
      GSI4SK: { S: "t1/RESOURCE#gpt-4" },
      owner: { S: "ann" },
    });
    expect(written).not.toHaveProperty("l_rpm_bx");
  });

  it("reads and plans again what has changed since it was read", async () => {
    dynamodb.on(TransactWriteItemsCommand).rejectsOnce(refused()).resolves({});
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { limits: [owned(4, "ann")] } })
      .resolves({ Responses: { limits: [owned(4, "bob")] } });
    expect(await json()).toMatchObject({ changed: [{ resource: "gpt-4", to: [rpm(5)] }], failed: [] });
    expect(transactions().map(({ TransactItems }) => TransactItems?.[0]?.Put?.Item?.owner)).toEqual([
      { S: "ann" },
      { S: "bob" },
    ]);
  });

  it("counts as unchanged what another writer has put right meanwhile", async () => {
    dynamodb.on(TransactWriteItemsCommand).rejects(refused());
    const { l_old_cp: _, ...right } = owned(5, "bob");
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { limits: [owned(4, "ann")] } })
      .resolves({ Responses: { limits: [right] } });
    expect(await json()).toMatchObject({ changed: [], unchanged: 1, failed: [] });
    expect(transactions()).toHaveLength(1);
  });

  it("fails after 5 plans where others keep changing it, and says so", async () => {
    dynamodb.on(TransactWriteItemsCommand).rejects(refused());
    const { exitCode, stderr } = await run({}, "--yes");
    expect(stderr).toContain("Could not change gpt-4: Other writers keep changing it.");
    expect(exitCode).toBe(1);
    expect(transactions()).toHaveLength(5);
  });
});
