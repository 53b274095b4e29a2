import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { createStreamHandler, maintainerMetrics } from "@rollcall/maintainer";
import { created, record, relisted } from "@rollcall/testing/rollcall/records";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => void vi.restoreAllMocks());

it("logs and counts as Powertools does, by the names that alarms refer to", async () => {
  const dynamodb = mockClient(DynamoDBClient);
  dynamodb.onAnyCommand().resolves({});
  dynamodb.on(GetItemCommand).resolves({ Item: { resources: { SS: ["orphan"] } } });
  const printed: Record<string, unknown>[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.push(JSON.parse(String(text)));
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed.push(JSON.parse(String(text)));
    return true;
  });

  const handler = createStreamHandler({ tableName: "limits", client: new DynamoDBClient({}) });
  const hidden = record("MODIFY", { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } });
  const Records = [created("missing"), relisted([], ["orphan"]), created(""), hidden];
  await handler({ Records }, { getRemainingTimeInMillis: () => 60_000 });
  vi.restoreAllMocks();

  const metrics = printed.find((line) => "_aws" in line);
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
  expect(printed.filter(({ level }) => level === "INFO")).toMatchObject([
    { message: "Reconciled names", added: ["missing"], removed: ["orphan"], service: "rollcall-maintainer" },
  ]);
});
