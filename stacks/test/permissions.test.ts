import { readFileSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";
import { Graph } from "./harness/graph.ts";

/** The permission that each action of a transaction needs. */
const TRANSACTION_ACTIONS: Record<string, string> = {
  ConditionCheck: "ConditionCheckItem",
  Delete: "DeleteItem",
  Put: "PutItem",
  Update: "UpdateItem",
};

/**
 * The actions of DynamoDB that a bundle's code can ask for. The SDK stays outside of a bundle and esbuild drops what is not
 * used, so the commands it imports are those it sends; property names are not minified.
 */
function actionsOf(file: string): string[] {
  const code = readFileSync(file, "utf8");
  const imports = [...code.matchAll(/import\{([^}]*)\}from"@aws-sdk\/[^"]*"/g)].flatMap(([, names = ""]) =>
    names.split(","),
  );
  const commands = imports.map((name) => name.split(" as ")[0] ?? "").filter((name) => name.endsWith("Command"));
  const operations = commands.map((name) => name.slice(0, -"Command".length));
  const actions = operations.flatMap((operation) => {
    if (operation === "TransactGetItems") return ["GetItem"];
    if (operation !== "TransactWriteItems") return [operation];
    return Object.entries(TRANSACTION_ACTIONS).flatMap(([part, action]) =>
      // an action that is made, and not one that is taken apart
      code.includes(`{${part}:{`) ? [action] : [],
    );
  });
  return [...new Set(actions)].sort();
}

describe.each<[string, Graph, string, string | readonly string[], readonly string[]]>([
  ["resources", new Graph(inject("production")), "SYSTEM#", ["SYSTEM#", "*/SYSTEM#"], []],
  // The code of its bundle can ask for a directory of namespaces, and does not where there are no resources.
  ["a configuration's registry", new Graph(inject("devices")), "#ROLLCALL#SWEEP", "site:*:devices", ["dynamodb:Query"]],
])("permissions, for %s:", (_, graph, sweepPartition, registryPartitions, neverAsked) => {
  const functions = graph.all("sst:aws:Function").map(({ name }) => name);

  it.each(functions)("%s may do on the table exactly what its code can ask for", (name) => {
    const table = graph.one("aws:dynamodb/table:Table").inputs.name;
    const onTable = graph
      .permissions(`${name}Role`)
      .filter(({ Resource }) => Resource.some((arn) => arn.endsWith(`table/${table}`)));
    for (const { Effect, Resource } of onTable) expect([Effect, Resource.length]).toEqual(["Allow", 1]);
    const granted = onTable.flatMap(({ Action }) => Action).sort();
    const needed = actionsOf(graph.bundle(name).file)
      .map((action) => `dynamodb:${action}`)
      .filter((action) => !neverAsked.includes(action));
    expect(needed.length).toBeGreaterThan(0);
    expect(granted).toEqual(needed);
  });

  it.each(functions)("%s may do little else, and nothing by a wildcard", (name) => {
    const queue = graph.one("aws:sqs/queue:Queue").inputs.name;
    const others = graph
      .permissions(`${name}Role`)
      .filter(({ Resource }) => !Resource.some((arn) => /:table\/[^/]+$/.test(arn)));
    for (const { Effect, Action, Resource } of others) {
      expect(Effect).toBe("Allow");
      expect(Resource).toHaveLength(1);
      const [arn = ""] = Resource;
      const service = arn.split(":")[2] ?? "";
      const allowed: Record<string, { actions: string[]; resource: RegExp }> = {
        dynamodb: {
          actions: ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"],
          resource: /\/stream\/[^*]+$/,
        },
        logs: { actions: ["CreateLogStream", "PutLogEvents"], resource: new RegExp(`-${name}:\\*$`) },
        sqs: { actions: ["SendMessage"], resource: new RegExp(`:${queue}$`) },
      };
      expect(Action.sort()).toEqual(allowed[service]?.actions.map((action) => `${service}:${action}`));
      expect(arn).toMatch(allowed[service]?.resource ?? /never/);
    }
    expect(graph.one("aws:iam/role:Role", `${name}Role`).inputs.managedPolicyArns).toEqual([]);
  });

  it("only the sweep writes whole items, and only where it keeps its own state", () => {
    const puts = graph
      .all("aws:iam/role:Role")
      .flatMap(({ name }) => graph.permissions(name))
      .filter(({ Action }) => Action.includes("dynamodb:PutItem"));
    expect(puts).toEqual([
      expect.objectContaining({
        Action: ["dynamodb:PutItem"],
        Condition: {
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": sweepPartition },
          Null: { "dynamodb:LeadingKeys": "false" },
        },
      }),
    ]);
  });

  it.each(functions)("%s changes items only in the partitions of registries", (name) => {
    const updates = graph.permissions(`${name}Role`).filter(({ Action }) => Action.includes("dynamodb:UpdateItem"));
    expect(updates).toEqual([
      expect.objectContaining({
        Action: ["dynamodb:UpdateItem"],
        Condition: {
          "ForAllValues:StringLike": { "dynamodb:LeadingKeys": registryPartitions },
          Null: { "dynamodb:LeadingKeys": "false" },
        },
      }),
    ]);
  });

  it("the schedule may start the sweep, send what it could not start to the queue, and nothing else", () => {
    const sweep = graph.one("aws:lambda/function:Function", "SweepFunction").inputs.name;
    const queue = graph.one("aws:sqs/queue:Queue").inputs.name;
    expect(graph.permissions("SweepScheduleRole")).toEqual([
      expect.objectContaining({
        Action: ["lambda:InvokeFunction"],
        Resource: [expect.stringMatching(new RegExp(`:function:${sweep}$`))],
      }),
      expect.objectContaining({
        Action: ["sqs:SendMessage"],
        Resource: [expect.stringMatching(new RegExp(`:${queue}$`))],
      }),
    ]);
    expect(graph.one("aws:scheduler/schedule:Schedule").inputs.target.arn).toMatch(new RegExp(`:function:${sweep}$`));
  });

  it("every role can be taken on by the one service that needs it", () => {
    for (const { name } of graph.all("aws:iam/role:Role")) {
      expect(graph.trust(name), name).toEqual([
        expect.objectContaining({
          Action: ["sts:AssumeRole"],
          Principal: {
            Service: functions.some((f) => name === `${f}Role`) ? "lambda.amazonaws.com" : "scheduler.amazonaws.com",
          },
        }),
      ]);
    }
  });
});
