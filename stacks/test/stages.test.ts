import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { streamEventSource } from "@rollcall/maintainer";
import { describe, expect, inject, it } from "vitest";
import { loadCommands } from "../../packages/cli/src/commands.ts";
import { Graph } from "./harness/graph.ts";
import { synth } from "./harness/synth.ts";
import { DEVICES, existingTable } from "./tables.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const TABLE = "aws:dynamodb/table:Table";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const TOPIC = "arn:aws:sns:eu-west-1:123456789012:ops";
const ENVIRONMENT = { ROLLCALL_EXISTING_TABLE: "limits", ROLLCALL_SWEEP_READ_UNITS: "400" };

describe("production", () => {
  const graph = new Graph(inject("production"));

  it("protects the table and keeps it when the app goes", () => {
    expect(graph.data.app).toMatchObject({ removal: "retain", protect: true });
    const table = graph.one(TABLE);
    expect(table.retainOnDelete).toBe(true);
    expect(table.inputs).toMatchObject({
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
    });
  });

  it("makes the table that the registry needs", () => {
    expect(graph.one(TABLE).inputs).toMatchObject({
      attributes: [
        { name: "PK", type: "S" },
        { name: "SK", type: "S" },
      ],
      hashKey: "PK",
      rangeKey: "SK",
      billingMode: "PAY_PER_REQUEST",
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      ttl: { attributeName: "ttl", enabled: true },
    });
  });

  it("declares these resources and no others", () => {
    const types = graph.data.resources.filter(({ custom }) => custom).map(({ type }) => type);
    expect([...new Set(types)].sort()).toEqual([
      "aws:cloudwatch/dashboard:Dashboard",
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      TABLE,
      "aws:iam/role:Role",
      MAPPING,
      "aws:lambda/function:Function",
      "aws:s3/bucketObjectv2:BucketObjectv2",
      "aws:scheduler/schedule:Schedule",
      "aws:sqs/queue:Queue",
      "aws:sqs/queuePolicy:QueuePolicy",
      "random:index/randomBytes:RandomBytes",
    ]);
  });

  it("feeds the function from the table's stream, and what it cannot handle to the queue", () => {
    const queue = graph.one("aws:sqs/queue:Queue").inputs.name;
    const mapping = graph.one(MAPPING).inputs;
    expect(mapping.eventSourceArn).toContain(`table/${graph.one(TABLE).inputs.name}/stream/`);
    expect(mapping.functionName).toContain(
      `function:${graph.one("aws:lambda/function:Function", "StreamFunction").inputs.name}`,
    );
    expect(mapping.destinationConfig.onFailure.destinationArn).toMatch(new RegExp(`:${queue}$`));
    expect(mapping).toMatchObject({
      startingPosition: "TRIM_HORIZON",
      functionResponseTypes: ["ReportBatchItemFailures"],
      bisectBatchOnFunctionError: true,
      metricsConfig: { metrics: ["EventCount"] },
    });
  });

  it("sends what the schedule could not start to the same queue, after two more attempts", () => {
    const { target } = graph.one("aws:scheduler/schedule:Schedule").inputs;
    const queue = graph.one("aws:sqs/queue:Queue").inputs.name;
    expect(target.deadLetterConfig.arn).toMatch(new RegExp(`:${queue}$`));
    expect(target.retryPolicy).toMatchObject({ maximumRetryAttempts: 2 });
  });

  it("keeps every function small, on arm64, logging JSON for a while", () => {
    for (const { inputs } of graph.all("aws:lambda/function:Function")) {
      expect(inputs).toMatchObject({
        architectures: ["arm64"],
        runtime: "nodejs24.x",
        loggingConfig: { logFormat: "JSON" },
        packageType: "Zip",
      });
      const logGroup = graph
        .all("aws:cloudwatch/logGroup:LogGroup")
        .find((group) => group.inputs.name === inputs.loggingConfig.logGroup);
      expect(logGroup?.inputs.retentionInDays).toBe(30);
    }
  });

  it("sweeps the table four times a day, also without a change in it", () => {
    expect(graph.one("aws:scheduler/schedule:Schedule").inputs).toMatchObject({
      scheduleExpression: "rate(6 hours)",
      state: "ENABLED",
    });
    expect(graph.one("aws:lambda/function:Function", "SweepFunction").inputs.timeout).toBe(900);
  });

  it("keeps dead letters for 14 days, encrypted, behind TLS", () => {
    expect(graph.one("aws:sqs/queue:Queue").inputs).toMatchObject({
      messageRetentionSeconds: 1_209_600,
      sqsManagedSseEnabled: true,
    });
    expect(JSON.parse(graph.one("aws:sqs/queuePolicy:QueuePolicy").inputs.policy).Statement).toEqual([
      expect.objectContaining({
        Effect: "Deny",
        Action: ["sqs:*"],
        Principal: { "*": ["*"] },
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    ]);
  });

  it("puts no secret into an environment", () => {
    for (const { inputs } of graph.all("aws:lambda/function:Function")) {
      expect(Object.keys(inputs.environment.variables).sort()).toEqual([
        "NODE_OPTIONS",
        "ROLLCALL_TABLE",
        "SST_RESOURCE_App",
      ]);
    }
  });

  it("says where things are", () => {
    expect(graph.data.outputs).toMatchObject({
      table: graph.one(TABLE).inputs.name,
      deadLetters: expect.stringContaining("https://sqs."),
      dashboard: expect.stringContaining(graph.one("aws:cloudwatch/dashboard:Dashboard").inputs.dashboardName),
    });
  });
});

describe("any other stage", () => {
  it("leaves nothing behind, and rings where it is told to", async () => {
    const graph = await synth({ stage: "ann", environment: { ROLLCALL_ALARM_TOPIC_ARN: TOPIC } });
    expect(graph.data.app).toMatchObject({ removal: "remove", protect: false });
    const table = graph.one(TABLE);
    expect(table.retainOnDelete).toBe(false);
    expect(table.inputs.deletionProtectionEnabled).toBe(false);
    for (const { inputs } of graph.all("aws:cloudwatch/metricAlarm:MetricAlarm")) {
      expect(inputs).toMatchObject({ alarmActions: [TOPIC], okActions: [TOPIC] });
    }
  });

  it("runs the function's code on one's machine under sst dev, and shows the registry", async () => {
    const graph = await synth({ stage: "ann", dev: true });
    expect(graph.one("aws:lambda/function:Function", "StreamFunction").inputs.description).toContain("(live)");
    const pane = graph.one("sst:sst:DevCommand", "Registry").outputs?._dev;
    expect(pane).toMatchObject({ environment: { ROLLCALL_TABLE: graph.one(TABLE).inputs.name }, autostart: true });
    const [script, option] = pane.command.split(" -- registry status ");
    expect(script).toBe(`npm --prefix "${ROOT}" run --silent rollcall`);
    expect(pane.directory).toBeUndefined();
    const status = (await loadCommands()).find(({ name }) => name === "registry status");
    expect(Object.values(status?.options ?? {}).map((spec) => spec.create().long)).toContain(option);
    expect(graph.one("sst:sst:DevCommand", "Compiler").outputs?._dev.command).toContain(
      `tsc -b "${ROOT}/packages/registry" "${ROOT}/packages/maintainer"`,
    );
  });
});

describe("a stage with a configuration", () => {
  const graph = new Graph(inject("devices"));

  it("makes a table of the definitions' keys, on which nothing expires", () => {
    const { inputs } = graph.one(TABLE);
    expect(inputs).toMatchObject({ hashKey: "id", attributes: [{ name: "id", type: "S" }], streamEnabled: true });
    expect(inputs.rangeKey).toBeUndefined();
    expect(inputs.ttl).toBeUndefined();
  });

  it("tells its functions the definitions, and feeds them by filters of their keys", () => {
    for (const { inputs } of graph.all("aws:lambda/function:Function")) {
      expect(JSON.parse(inputs.environment.variables.ROLLCALL_REGISTRIES)).toEqual([DEVICES]);
    }
    const { filters } = streamEventSource([DEVICES]).filterCriteria;
    expect(graph.one(MAPPING).inputs.filterCriteria.filters).toEqual(filters);
  });

  it("is refused where the configuration holds a mistake, in one line that names it", async () => {
    const missing = synth({ stage: "ann", environment: { ROLLCALL_CONFIG: "no.config.ts" } });
    await expect(missing).rejects.toThrow(/^Configuration "no\.config\.ts" does not exist: name a file such as/);
  });
});

describe("an existing table", () => {
  it("only gets its consumers, in production too, at the pace that is set", async () => {
    const tables = [existingTable()];
    const graph = await synth({ stage: "production", tables, environment: ENVIRONMENT });
    expect(graph.all(TABLE)).toEqual([]);
    expect(graph.all("sst:aws:Dynamo")).toEqual([]);
    expect(graph.one(MAPPING).inputs.eventSourceArn).toContain("table/limits/stream/");
    for (const { inputs } of graph.all("aws:lambda/function:Function")) {
      expect(inputs.environment.variables.ROLLCALL_TABLE).toBe("limits");
    }
    const { variables } = graph.one("aws:lambda/function:Function", "SweepFunction").inputs.environment;
    expect(variables.ROLLCALL_SWEEP_READ_UNITS).toBe("400");
    const resources = new Set(graph.permissions("StreamRole").flatMap(({ Resource }) => Resource));
    expect([...resources].filter((arn) => arn.includes(":dynamodb:"))).toEqual([
      expect.stringMatching(/:table\/limits$/),
      expect.stringMatching(/:table\/limits\/stream\//),
    ]);
  });

  it("is refused without a stream, with what to do", async () => {
    const tables = [existingTable({ streamEnabled: false, streamViewType: "" })];
    await expect(synth({ stage: "production", tables, environment: ENVIRONMENT })).rejects.toThrow(
      /registry resources to table "limits": it has no stream.*\n {2}aws dynamodb update-table --table-name limits .*NEW_AND_OLD_IMAGES/,
    );
  });
});

it("the local loop needs no account, and starts from any working directory", async () => {
  const graph = await synth({ stage: "local", config: "stacks/local/sst.config.ts" });
  expect(graph.data.app.home).toBe("local");
  expect(graph.data.resources.filter(({ custom }) => custom)).toEqual([]);
  const pane = graph.one("sst:sst:DevCommand").outputs?._dev;
  expect(pane).toMatchObject({ autostart: true });
  expect(pane.directory).toBeUndefined();
  const dev = execFileSync("sh", ["-c", `${pane.command} -- --help`], { cwd: tmpdir(), encoding: "utf8" });
  expect(dev).toMatch(/^Usage: npm run rollcall -- dev /);
});
