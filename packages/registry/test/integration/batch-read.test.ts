import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { batchRead, systemClock } from "@rollcall/registry/protocol";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { createQuietTable } from "@rollcall/testing/rollcall/drifted-table";
import { beforeAll, expect, it } from "vitest";

const retry = { clock: systemClock, random: Math.random, contentionTimeoutMs: 10_000 };
const keyOf = (name: string) => ({ PK: { S: name }, SK: { S: "#CONFIG" } });
/** 60 items of 390 KB: more than the 16 MB of one answer. */
const LARGE = Array.from({ length: 60 }, (_, i) => `large-${i}`);
const SMALL = Array.from({ length: 250 }, (_, i) => `small-${i}`);

describeEachEngine("batchRead", (context) => {
  let tableName: string;

  beforeAll(async () => {
    tableName = await createQuietTable(context);
    await putAll(
      context.client,
      tableName,
      SMALL.map((name) => ({ ...keyOf(name), size: { N: "1" }, more: { S: "x" } })),
    );
    for (const name of LARGE) {
      await putAll(context.client, tableName, [{ ...keyOf(name), padding: { S: "x".repeat(390 * 1_024) } }]);
    }
  });

  const readAll = async (names: readonly string[], options: { table?: string; attributes?: string[] } = {}) => {
    const { table = tableName, attributes } = options;
    const answers: Record<string, unknown>[][] = [];
    const read = { tableName: table, keys: names.map(keyOf), attributes, retry };
    for await (const items of batchRead(context.client, read)) answers.push(items);
    return answers;
  };
  const namesIn = (answers: Record<string, unknown>[][]) =>
    answers
      .flat()
      .map(({ PK }) => (PK as { S: string }).S)
      .sort();

  it("reads any number of keys, and leaves out items that do not exist", async () => {
    const answers = await readAll([...SMALL, ...SMALL.map((name) => `no-${name}`)]);
    expect(namesIn(answers)).toEqual([...SMALL].sort());
  });

  it("returns the attributes that are named", async () => {
    const answers = await readAll(["small-7"], { attributes: ["PK", "size"] });
    expect(answers).toEqual([[{ PK: { S: "small-7" }, size: { N: "1" } }]]);
  });

  it("reads on past the 16 MB of one answer", async () => {
    const answers = await readAll(LARGE);
    expect(answers.length).toBeGreaterThan(1);
    expect(namesIn(answers)).toEqual([...LARGE].sort());
  });

  const takesArns = context.engineName !== "dynoxide";
  it(takesArns ? "reads a table by its ARN" : "rejects as the engine does, which takes no ARN", async () => {
    const { Table } = await context.client.send(new DescribeTableCommand({ TableName: tableName }));
    const answers = readAll(SMALL, { table: Table?.TableArn ?? "" });
    if (takesArns) expect(namesIn(await answers)).toEqual([...SMALL].sort());
    else await expect(answers).rejects.toMatchObject({ name: expect.stringMatching(/Exception$/) });
  });
});
