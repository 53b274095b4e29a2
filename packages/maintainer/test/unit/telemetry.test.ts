import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { createStreamHandler, maintainerMetrics } from "@rollcall/maintainer";
import { serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { created, deleted, record, relisted } from "@rollcall/testing/rollcall/records";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => void vi.restoreAllMocks());

interface EmbeddedMetrics {
  CloudWatchMetrics: [{ Dimensions: string[][] }];
}

/** A handler with its own logger and metrics, on what the mock answers; and the lines that they print. */
function printing(tableName = "limits") {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  }
  return { handler: createStreamHandler({ tableName, client: new DynamoDBClient({}) }), lines };
}

/** The longest names that keys hold, of characters that JSON writes with six. */
const namesOf2KB = (total: number) => Array.from({ length: total }, (_, i) => `${i}${"\u0001".repeat(1_000)}`);

it.each([
  ["healed", () => ({})],
  ["that cannot be repaired", () => Promise.reject(serviceError("ValidationException", "no"))],
  ["whose repair fails", () => Promise.reject(serviceError("InternalServerError", "down"))],
])(
  "a line of the stream handler's log is shorter than 64 KB, however many and long the names %s",
  async (_, answer) => {
    const dynamodb = mockClient(DynamoDBClient);
    dynamodb.onAnyCommand().resolves({});
    dynamodb.on(TransactWriteItemsCommand).callsFake(answer);
    const { handler, lines } = printing();
    const names = namesOf2KB(300);
    const Records = [...names.map((name) => created(name, "\u0001".repeat(900))), created("x".repeat(30_000))];
    await handler({ Records }, { getRemainingTimeInMillis: () => 60_000 });
    vi.restoreAllMocks();
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThan(64 * 1024);
  },
);

it.each([
  ["healed", () => ({})],
  ["that cannot be repaired", () => Promise.reject(serviceError("ValidationException", "no"))],
  ["whose repair fails", () => Promise.reject(serviceError("InternalServerError", "down"))],
])("the stream handler's log names names %s, and shows nothing of their items", async (_, answer) => {
  const dynamodb = mockClient(DynamoDBClient);
  dynamodb.onAnyCommand().resolves({});
  dynamodb.on(TransactWriteItemsCommand).callsFake(answer);
  const { handler, lines } = printing();
  const { dynamodb: image = {}, ...rest } = created("gpt-4");
  const secret = { S: "a secret of the item's" };
  const whole = { ...rest, dynamodb: { ...image, NewImage: { ...image.Keys, secret, [secret.S]: secret } } };
  const odd = record("INSERT", { PK: { S: "RESOURCE#odd" }, SK: secret });
  await handler({ Records: [whole, odd] }, { getRemainingTimeInMillis: () => 60_000 });
  vi.restoreAllMocks();
  expect(lines.join("")).toContain("gpt-4");
  expect(lines.join("")).not.toContain(secret.S);
  expect(lines.join("")).not.toContain("RESOURCE#");
});

it("the metrics of a table that is given by its ARN are counted under its name", async () => {
  mockClient(DynamoDBClient).onAnyCommand().resolves({});
  const { handler, lines } = printing("arn:aws:dynamodb:eu-west-1:123456789012:table/limits");
  await handler({ Records: [deleted("a")] }, { getRemainingTimeInMillis: () => 60_000 });
  vi.restoreAllMocks();
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ table: "limits", NamesChecked: 1 }]);
});

it("the stream handler prints nothing for a batch with nothing of ours", async () => {
  const { handler, lines } = printing();
  await handler({ Records: [record("INSERT", { id: { S: "1" } })] }, { getRemainingTimeInMillis: () => 60_000 });
  vi.restoreAllMocks();
  expect(lines).toEqual([]);
});

it("the stream handler logs and counts as Powertools does, by the names that alarms refer to", async () => {
  const dynamodb = mockClient(DynamoDBClient);
  dynamodb.onAnyCommand().resolves({});
  dynamodb.on(GetItemCommand).resolves({ Item: { resources: { SS: ["orphan"] } } });
  const { handler, lines } = printing();
  const hidden = record("MODIFY", { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } });
  const Records = [created("missing"), relisted([], ["orphan"]), created(""), hidden];
  await handler({ Records }, { getRemainingTimeInMillis: () => 60_000 });
  vi.restoreAllMocks();

  const printed = lines.map((line): Record<string, unknown> => JSON.parse(line));
  const metrics = Object.assign({}, ...printed.filter((line) => "_aws" in line));
  const size = "resources".length + "orphan".length;
  const { name: registrySize } = maintainerMetrics.registrySize;
  expect(metrics).toMatchObject({
    NamesChecked: 2,
    NamesMissing: 1,
    NamesOrphaned: 1,
    NamesRepaired: 2,
    NamesDropped: 0,
    NamesUnrepairable: 0,
    RecordsMalformed: 1,
    RecordsUnreadable: 1,
    [registrySize]: size,
    service: "rollcall-maintainer",
    table: "limits",
    _aws: { CloudWatchMetrics: [{ Namespace: "Rollcall" }] },
  });
  const dimensionsOf = (metric: string) =>
    printed.flatMap((line) => (metric in line ? (line._aws as EmbeddedMetrics).CloudWatchMetrics[0].Dimensions : []));
  expect(dimensionsOf("RecordsMalformed")).toEqual([["service", "table"]]);
  expect(dimensionsOf("NamesMissing")).toEqual([
    ["service", "table"],
    ["service", "table", "registry"],
  ]);
  expect(metrics).toMatchObject({ registry: "resources" });
  expect(printed.filter(({ level }) => level === "INFO")).toMatchObject([
    { message: "Reconciled names", added: ["missing"], removed: ["orphan"], service: "rollcall-maintainer" },
  ]);
});
