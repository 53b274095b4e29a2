import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  ScanCommand,
  type TableDescription,
  type TimeToLiveDescription,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "@rollcall/registry/schema";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { rollcall } from "../fixtures/run-cli.ts";

const dynamodb = mockClient(DynamoDBClient);

function answer(name: string, message = name): Error {
  return new DynamoDBServiceException({ name, message, $fault: "client", $metadata: { httpStatusCode: 400 } });
}

const missing = answer("ResourceNotFoundException");
const table = (changes: TableDescription = {}) => ({
  Table: { TableName: "limits", TableStatus: "ACTIVE" as const, ...tableDefinition(), ...changes },
});
const run = (...options: string[]) => rollcall(["table", "create", "--table", "limits", ...options]);
const sent = () => dynamodb.calls().map(({ args: [command] }) => command.constructor.name.replace("Command", ""));

beforeEach(() => {
  dynamodb.reset();
  dynamodb.onAnyCommand().resolves({});
  dynamodb.on(DescribeTableCommand).rejectsOnce(missing).resolves(table());
});

describe("table create", () => {
  it("creates the table of the registry, and switches on its settings", async () => {
    const { exitCode, stdout, stderr } = await run("--json");
    expect(JSON.parse(stdout)).toEqual({
      table: "limits",
      created: true,
      timeToLive: "enabled",
      pointInTimeRecovery: "enabled",
    });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(dynamodb.commandCalls(CreateTableCommand)[0]?.args[0].input).toEqual({
      TableName: "limits",
      ...tableDefinition(),
    });
    expect(dynamodb.commandCalls(UpdateTimeToLiveCommand)[0]?.args[0].input).toEqual({
      TableName: "limits",
      TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" },
    });
    expect(dynamodb.commandCalls(UpdateContinuousBackupsCommand)[0]?.args[0].input).toEqual({
      TableName: "limits",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it("creates the limiter's four indexes where it is asked for them", async () => {
    const { exitCode, stdout } = await run("--indexes", "limiter");
    expect(stdout).toMatch(/Indexes +GSI1 to GSI4, as the limiter's\n/);
    expect(exitCode).toBe(0);
    const { AttributeDefinitions, GlobalSecondaryIndexes } =
      dynamodb.commandCalls(CreateTableCommand)[0]?.args[0].input ?? {};
    expect(GlobalSecondaryIndexes?.map(({ IndexName, Projection }) => [IndexName, Projection?.ProjectionType])).toEqual(
      [
        ["GSI1", "ALL"],
        ["GSI2", "ALL"],
        ["GSI3", "KEYS_ONLY"],
        ["GSI4", "KEYS_ONLY"],
      ],
    );
    expect(GlobalSecondaryIndexes?.[3]?.KeySchema).toEqual([
      { AttributeName: "GSI4PK", KeyType: "HASH" },
      { AttributeName: "GSI4SK", KeyType: "RANGE" },
    ]);
    expect(AttributeDefinitions).toHaveLength(10);
  });

  it("waits until the table is active, also where it is not to be seen at first", async () => {
    dynamodb
      .on(DescribeTableCommand)
      .rejectsOnce(missing)
      .rejectsOnce(missing)
      .resolvesOnce(table({ TableStatus: "CREATING" }))
      .resolves(table());
    expect((await run()).exitCode).toBe(0);
    expect(sent().slice(0, 6)).toEqual([
      "DescribeTable",
      "CreateTable",
      "DescribeTable",
      "DescribeTable",
      "DescribeTable",
      "UpdateTimeToLive",
    ]);
  });

  it("times out when the table does not become active within 5 minutes", async () => {
    dynamodb
      .on(DescribeTableCommand)
      .rejectsOnce(missing)
      .resolves(table({ TableStatus: "CREATING" }));
    const clock = new VirtualClock();
    const { exitCode, stderr } = await rollcall(["table", "create", "--table", "limits"], { clock });
    expect(stderr).toMatch(
      /^Error: Table "limits" did not become active within 300 seconds; look at it with: aws [^\n]*\n$/,
    );
    expect(exitCode).toBe(1);
    expect(clock.now()).toBe(300_000);
  });

  it("waits until backups are available", async () => {
    dynamodb
      .on(UpdateContinuousBackupsCommand)
      .rejectsOnce(answer("ContinuousBackupsUnavailableException"))
      .rejectsOnce(answer("ContinuousBackupsUnavailableException"))
      .resolves({});
    const { exitCode, stdout } = await run();
    expect(stdout).toMatch(/Point-in-time recovery +enabled\n$/);
    expect(exitCode).toBe(0);
  });

  it("says what the endpoint does not support", async () => {
    dynamodb.on(UpdateContinuousBackupsCommand).rejects(answer("UnknownOperationException"));
    const { exitCode, stdout } = await run();
    expect(stdout).toMatch(/^Created table limits\n[\s\S]*Point-in-time recovery +not supported by this endpoint\n$/);
    expect(exitCode).toBe(0);
  });

  it.each([
    [
      UpdateTimeToLiveCommand,
      "AccessDeniedException",
      /not its time to live: No permission .* with: aws dynamodb update-time-to-live --table-name limits/,
    ],
    [
      UpdateContinuousBackupsCommand,
      "ContinuousBackupsUnavailableException",
      /not its point-in-time recovery: .* aws dynamodb update-continuous-backups/,
    ],
  ] as const)("says what is left to do when %o is refused with %s", async (command, name, message) => {
    dynamodb.on(command as typeof UpdateTimeToLiveCommand).rejects(answer(name));
    const { exitCode, stdout, stderr } = await run();
    expect(stderr).toMatch(/^Error: Table limits was created, but [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(1);
  });

  it("leaves alone what another process is creating at the same time", async () => {
    dynamodb.on(CreateTableCommand).rejects(answer("ResourceInUseException"));
    const { exitCode, stderr } = await run();
    expect(stderr).toMatch(/^Error: Table "limits" is being created, changed or deleted right now/);
    expect(exitCode).toBe(1);
  });
});

describe("table create, where the table is already there", () => {
  const existing = (changes: TableDescription) => dynamodb.on(DescribeTableCommand).resolves(table(changes));

  it.each<[string, TableDescription]>([
    ["as it would be created", {}],
    ["while it is being updated", { TableStatus: "UPDATING" }],
    [
      "with indexes",
      {
        AttributeDefinitions: [
          ...tableDefinition().AttributeDefinitions,
          { AttributeName: "GSI4PK", AttributeType: "S" },
        ],
      },
    ],
  ])("is content with one %s", async (_, changes) => {
    existing(changes);
    expect(await run()).toEqual({
      exitCode: 0,
      stdout: "Table limits is already there and fits; nothing was changed.\n",
      stderr: "",
    });
    expect(new Set(sent())).toEqual(new Set(["DescribeTable", "DescribeTimeToLive"]));
  });

  it.each<[string, TimeToLiveDescription, string]>([
    ["on", { TimeToLiveStatus: "ENABLED", AttributeName: "ttl" }, "^$"],
    ["being switched on", { TimeToLiveStatus: "ENABLING", AttributeName: "ttl" }, "^$"],
    [
      "off",
      { TimeToLiveStatus: "DISABLED" },
      "time to live is off, .* aws dynamodb update-time-to-live --table-name limits",
    ],
    ["on for another attribute", { TimeToLiveStatus: "ENABLED", AttributeName: "x" }, "expire by their attribute x, "],
  ])("says of one whose time to live is %s what that means for the limiter's items", async (_, description, note) => {
    existing({});
    dynamodb.on(DescribeTimeToLiveCommand).resolves({ TimeToLiveDescription: description });
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(new RegExp(note));
  });

  it("is content where time to live may not be asked for", async () => {
    existing({});
    dynamodb.on(DescribeTimeToLiveCommand).rejects(answer("AccessDeniedException"));
    expect(await run()).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("refuses one that lacks some of the indexes asked for, and names them", async () => {
    existing({ GlobalSecondaryIndexes: [{ IndexName: "GSI1" }, { IndexName: "GSI3" }] });
    const { exitCode, stderr } = await run("--indexes", "limiter");
    expect(stderr).toMatch(
      /^Error: Table limits is already there and does not fit: it lacks the limiter's GSI2, GSI4: /,
    );
    expect(exitCode).toBe(1);
    expect(sent()).toEqual(["DescribeTable"]);
  });

  it("has its own JSON", async () => {
    existing({});
    expect(JSON.parse((await run("--json")).stdout)).toEqual({
      table: "limits",
      created: false,
      timeToLive: "unchanged",
      pointInTimeRecovery: "unchanged",
    });
  });

  const stream = (StreamEnabled: boolean, StreamViewType?: "KEYS_ONLY"): TableDescription => ({
    StreamSpecification: { StreamEnabled, ...(StreamViewType && { StreamViewType }) },
  });
  const keys = (type: "S" | "N", ...names: string[]): TableDescription => ({
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: type })),
    KeySchema: names.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? "HASH" : "RANGE" })),
  });

  it.each<[string, TableDescription, RegExp]>([
    [
      "no stream",
      stream(false),
      /its stream is off: switch it on with: aws dynamodb update-table --table-name limits --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES$/,
    ],
    [
      "a stream of less",
      stream(true, "KEYS_ONLY"),
      /its stream holds KEYS_ONLY and should hold NEW_AND_OLD_IMAGES: switch it off and on/,
    ],
    [
      "keys of other names",
      keys("S", "pk", "sk"),
      /its keys are pk \(S, HASH\), sk \(S, RANGE\) and should be PK \(S, HASH\), SK \(S, RANGE\), which cannot be changed: use another table$/,
    ],
    ["keys of another type", keys("N", "PK", "SK"), /its keys are PK \(N, HASH\)/],
    ["no sort key", keys("S", "PK"), /its keys are PK \(S, HASH\) and/],
    ["several faults", { ...keys("S", "id"), ...stream(false) }, /its keys are .*; its stream is off/],
  ])("refuses one with %s, says what to do, and changes nothing", async (_, changes, message) => {
    existing(changes);
    const { exitCode, stdout, stderr } = await run();
    expect(stderr).toMatch(/^Error: Table limits is already there and does not fit: [^\n]*\n$/);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(1);
    expect(sent()).toEqual(["DescribeTable"]);
  });
});

function cursorFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "rollcall-audit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return path.join(folder, "cursor.json");
}

it("refuses a global table with multi-Region strong consistency, which has no transactions", async () => {
  dynamodb.on(DescribeTableCommand).resolves(table({ MultiRegionConsistency: "STRONG" }));
  expect(await run()).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /does not fit: it is a global table with multi-Region strong consistency, .*: use a table/,
    ),
  });
  const audit = await rollcall(["registry", "audit", "--table", "limits"], { env: { AWS_REGION: "eu-west-1" } });
  expect(audit).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Table limits can have no registry") });
});

it.each([
  ["a third of the 90 read units that a table has provisioned", 90, 30],
  ["never less than one read unit", 2, 1],
  ["1,000 read units of a table with 90,000", 90_000, 1_000],
  ["1,000 read units of a table on demand", 0, 1_000],
])("an audit uses by default, a second, %s", async (_, ReadCapacityUnits, perSecond) => {
  const ProvisionedThroughput = { ReadCapacityUnits, WriteCapacityUnits: 1 };
  dynamodb.on(DescribeTableCommand).resolves(table({ ProvisionedThroughput }));
  dynamodb.on(ScanCommand).resolves({ Items: [], ScannedCount: 1, ConsumedCapacity: { CapacityUnits: 1 } });
  const words = ["registry", "audit", "--table", "limits", "--segments", "1", "--cursor", cursorFile()];
  expect((await rollcall(words, { env: { AWS_REGION: "eu-west-1" } })).exitCode).toBe(0);
  const { Limit } = dynamodb.commandCalls(ScanCommand)[0]?.args[0].input ?? {};
  // A page takes an eighth of a second's units, and an item is taken to cost half a unit before any was seen.
  expect(Limit).toBe(Math.ceil(perSecond / 4));
});
