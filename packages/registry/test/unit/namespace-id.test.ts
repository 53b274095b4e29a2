import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { InvalidNameError, MalformedItemError, NamespaceNotFoundError, namespaceId } from "@rollcall/registry";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";

const dynamodb = mockClient(DynamoDBClient);
const client = new DynamoDBClient({ region: "us-east-1" });
const entry = (name: string, status: string) => ({
  PK: { S: "_/SYSTEM#" },
  SK: { S: `#NAMESPACE#${name}` },
  namespace_id: { S: "rcof3sHx3fY" },
  namespace_name: { S: name },
  status: { S: status },
});
const inDirectory = (item: ReturnType<typeof entry> | undefined) =>
  dynamodb.on(GetItemCommand).resolves(item ? { Item: item } : {});

beforeEach(() => dynamodb.reset());

describe("namespaceId", () => {
  it.each(["production", "team a/b#c", "default"])("looks the name %j up in the limiter's directory", async (name) => {
    inDirectory(entry(name, "active"));
    expect(await namespaceId(client, "limits", name)).toBe("rcof3sHx3fY");
    expect(dynamodb.commandCalls(GetItemCommand)[0]?.args[0].input).toEqual({
      TableName: "limits",
      Key: { PK: { S: "_/SYSTEM#" }, SK: { S: `#NAMESPACE#${name}` } },
      ConsistentRead: true,
    });
  });

  it.each([
    [undefined, /^Namespace "prod" is not in the table's directory; correct the name/],
    ["deleted", /^Namespace "prod" is deleted; /],
    ["purging", /^Namespace "prod" is purging; /],
  ])("refuses a name whose state is %s, and registers none", async (status, message) => {
    inDirectory(status === undefined ? undefined : entry("prod", status));
    const lookup = namespaceId(client, "limits", "prod");
    await expect(lookup).rejects.toThrow(NamespaceNotFoundError);
    await expect(lookup).rejects.toThrow(message);
    await expect(lookup).rejects.toMatchObject({ code: "NAMESPACE_NOT_FOUND", namespaceName: "prod" });
    expect(dynamodb.calls()).toHaveLength(1);
  });

  it.each(["", "_"])("refuses the name %j before it sends anything", async (name) => {
    await expect(namespaceId(client, "limits", name)).rejects.toThrow(InvalidNameError);
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it("calls an entry without an id malformed", async () => {
    const { namespace_id: _, ...item } = entry("prod", "active");
    dynamodb.on(GetItemCommand).resolves({ Item: item });
    await expect(namespaceId(client, "limits", "prod")).rejects.toThrow(MalformedItemError);
  });

  it("rejects with the signal's reason, and sends nothing, when it was aborted before", async () => {
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(namespaceId(client, "limits", "prod", { signal })).rejects.toThrow("stopped");
    expect(dynamodb.calls()).toHaveLength(0);
  });
});
