import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { MalformedItemError, ResourceNotFoundError, ResourceRegistry } from "@rollcall/registry";
import { cancelled, conditionFailed } from "@rollcall/testing/dynamodb/service-errors";
import { limiterItem } from "@rollcall/testing/rollcall/limiter-items";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";

const dynamodb = mockClient(DynamoDBClient);
const client = new DynamoDBClient({});
const flat = () => new ResourceRegistry({ tableName: "limits", client });
const namespaced = () => new ResourceRegistry({ tableName: "limits", namespace: "rcof3sHx3fY", client });
const token = expect.stringMatching(/^[0-9a-f-]{36}$/);

beforeEach(() => {
  dynamodb.reset();
  dynamodb.onAnyCommand().resolves({});
});

/** The only request that was sent. */
function onlyRequest() {
  expect(dynamodb.calls()).toHaveLength(1);
  return dynamodb.call(0).args[0];
}

describe("setResourceDefaults", () => {
  it("is one transaction: Put the default, ADD the name", async () => {
    await flat().setResourceDefaults("gpt-4", [{ name: "rpm", capacity: 7 }]);
    const request = onlyRequest();
    expect(request).toBeInstanceOf(TransactWriteItemsCommand);
    expect(request.input).toEqual({
      ClientRequestToken: token,
      TransactItems: [
        { Put: { TableName: "limits", Item: limiterItem("resource-default", "flat") } },
        {
          Update: {
            TableName: "limits",
            Key: { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } },
            UpdateExpression: "ADD #set :members",
            ExpressionAttributeNames: { "#set": "resources" },
            ExpressionAttributeValues: { ":members": { SS: ["gpt-4"] } },
          },
        },
      ],
    });
  });

  it("in a namespace writes what the limiter writes, and gives the registry its index keys where they are missing", async () => {
    await namespaced().setResourceDefaults("openai/gpt-4o", [
      { name: "rpm", capacity: 500, refillPeriodSeconds: 3_600 },
      { name: "tpm", capacity: 20_000, refillAmount: 10_000, refillPeriodSeconds: 300 },
    ]);
    expect(onlyRequest().input).toEqual({
      ClientRequestToken: token,
      TransactItems: [
        { Put: { TableName: "limits", Item: limiterItem("resource-default", "namespaced", "library") } },
        {
          Update: {
            TableName: "limits",
            Key: { PK: { S: "rcof3sHx3fY/SYSTEM#" }, SK: { S: "#RESOURCES" } },
            UpdateExpression: "SET #a0 = if_not_exists(#a0, :a0), #a1 = if_not_exists(#a1, :a1) ADD #set :members",
            ExpressionAttributeNames: { "#set": "resources", "#a0": "GSI4PK", "#a1": "GSI4SK" },
            ExpressionAttributeValues: {
              ":members": { SS: ["openai/gpt-4o"] },
              ":a0": { S: "rcof3sHx3fY" },
              ":a1": { S: "rcof3sHx3fY/SYSTEM#" },
            },
          },
        },
      ],
    });
  });
});

describe("deleteResourceDefaults", () => {
  it("is one transaction: Delete the default, DELETE the name from a registry that exists", async () => {
    await flat().deleteResourceDefaults("gpt-4");
    expect(onlyRequest()).toBeInstanceOf(TransactWriteItemsCommand);
    expect(onlyRequest().input).toEqual({
      ClientRequestToken: token,
      TransactItems: [
        { Delete: { TableName: "limits", Key: { PK: { S: "RESOURCE#gpt-4" }, SK: { S: "#CONFIG" } } } },
        {
          Update: {
            TableName: "limits",
            Key: { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } },
            UpdateExpression: "DELETE #set :members",
            ConditionExpression: "attribute_exists(#partitionKey)",
            ExpressionAttributeNames: { "#set": "resources", "#partitionKey": "PK" },
            ExpressionAttributeValues: { ":members": { SS: ["gpt-4"] } },
          },
        },
      ],
    });
  });

  it("where there is no registry checks that there is none, instead of creating it", async () => {
    dynamodb.on(TransactWriteItemsCommand).rejectsOnce(cancelled("None", "ConditionalCheckFailed")).resolves({});
    await flat().deleteResourceDefaults("gpt-4");
    expect(dynamodb.calls()).toHaveLength(2);
    expect(dynamodb.call(1).args[0].input).toEqual({
      ClientRequestToken: token,
      TransactItems: [
        { Delete: { TableName: "limits", Key: { PK: { S: "RESOURCE#gpt-4" }, SK: { S: "#CONFIG" } } } },
        {
          ConditionCheck: {
            TableName: "limits",
            Key: { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" } },
            ConditionExpression: "attribute_not_exists(#partitionKey)",
            ExpressionAttributeNames: { "#partitionKey": "PK" },
          },
        },
      ],
    });
    const [first, second] = dynamodb.commandCalls(TransactWriteItemsCommand).map(({ args }) => args[0].input);
    expect(first?.ClientRequestToken).not.toBe(second?.ClientRequestToken);
  });

  it("goes back to the first form when another writer creates the registry meanwhile", async () => {
    dynamodb
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelled("None", "ConditionalCheckFailed"))
      .rejectsOnce(cancelled("None", "ConditionalCheckFailed"))
      .resolves({});
    await flat().deleteResourceDefaults("gpt-4");
    const forms = dynamodb
      .commandCalls(TransactWriteItemsCommand)
      .map(({ args }) => Object.keys(args[0].input.TransactItems?.at(-1) ?? {})[0]);
    expect(forms).toEqual(["Update", "ConditionCheck", "Update"]);
  });
});

describe("updateResourceDefaults' request", () => {
  it("is one conditional PutItem and leaves the registry alone", async () => {
    await flat().updateResourceDefaults("gpt-4", [{ name: "rpm", capacity: 7 }]);
    expect(onlyRequest()).toBeInstanceOf(PutItemCommand);
    expect(onlyRequest().input).toEqual({
      TableName: "limits",
      Item: limiterItem("resource-default", "flat"),
      ConditionExpression: "attribute_exists(#partitionKey)",
      ExpressionAttributeNames: { "#partitionKey": "PK" },
    });
  });

  it("of a resource without a default says so", async () => {
    dynamodb.on(PutItemCommand).rejects(conditionFailed());
    const update = flat().updateResourceDefaults("gpt-5", [{ name: "rpm", capacity: 7 }]);
    await expect(update).rejects.toThrow(ResourceNotFoundError);
    await expect(update).rejects.toMatchObject({
      code: "RESOURCE_NOT_FOUND",
      resource: "gpt-5",
      cause: conditionFailed(),
    });
    expect(dynamodb.calls()).toHaveLength(1);
  });
});

describe("listResourcesWithDefaults", () => {
  it("is one eventually consistent GetItem, and never a Scan or a Query", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: limiterItem("registry", "namespaced") });
    expect(await namespaced().listResourcesWithDefaults()).toEqual(["openai/gpt-4o"]);
    expect(onlyRequest().input).toEqual({
      TableName: "limits",
      Key: { PK: { S: "rcof3sHx3fY/SYSTEM#" }, SK: { S: "#RESOURCES" } },
    });
    expect(dynamodb.commandCalls(ScanCommand)).toEqual([]);
    expect(dynamodb.commandCalls(QueryCommand)).toEqual([]);
  });

  it("is strongly consistent when asked", async () => {
    await flat().listResourcesWithDefaults({ consistentRead: true });
    expect(onlyRequest().input).toMatchObject({ ConsistentRead: true });
  });

  it.each([
    ["there is no registry", undefined],
    ["the registry names nothing", limiterItem("registry-skeleton", "namespaced")],
  ])("is empty where %s", async (_, Item) => {
    dynamodb.on(GetItemCommand).resolves(Item ? { Item } : {});
    expect(await flat().listResourcesWithDefaults()).toEqual([]);
  });

  it("ends its request when the caller's signal aborts", async () => {
    dynamodb.on(GetItemCommand).callsFake(() => new Promise(() => {}));
    const controller = new AbortController();
    const listing = flat().listResourcesWithDefaults({ signal: controller.signal });
    const [, options] = dynamodb.call(0).args as unknown as [unknown, { abortSignal: AbortSignal }];
    expect(options.abortSignal.aborted).toBe(false);
    controller.abort(new Error("enough"));
    await expect(listing).rejects.toThrow("enough");
    expect(options.abortSignal).toMatchObject({ aborted: true, reason: controller.signal.reason });
  });

  it("is sorted", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: { resources: { SS: ["b", "a/b", "a", "B", "é"] } } });
    expect(await flat().listResourcesWithDefaults()).toEqual(["B", "a", "a/b", "b", "é"]);
  });

  it("is sorted by code point and passes over empty names", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: { resources: { SS: ["z", "", "\u{1f600}", "\uffee", "a", "B"] } } });
    expect(await flat().listResourcesWithDefaults()).toEqual(["B", "a", "z", "\uffee", "\u{1f600}"]);
  });

  it("says so where the registry is not a string set", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: { resources: { L: [] } } });
    await expect(flat().listResourcesWithDefaults()).rejects.toThrow(MalformedItemError);
    await expect(flat().listResourcesWithDefaults()).rejects.toThrow(
      /"SYSTEM#".* of type L and not a string set; remove that attribute, then fill the registry again/,
    );
  });
});

describe("getResourceDefaults", () => {
  it("is one GetItem", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: limiterItem("resource-default", "flat") });
    expect(await flat().getResourceDefaults("gpt-4", { consistentRead: true })).toEqual([
      { name: "rpm", capacity: 7, refillAmount: 7, refillPeriodSeconds: 60 },
    ]);
    expect(onlyRequest().input).toEqual({
      TableName: "limits",
      Key: { PK: { S: "RESOURCE#gpt-4" }, SK: { S: "#CONFIG" } },
      ConsistentRead: true,
    });
  });

  it("of a resource without a default is empty", async () => {
    expect(await flat().getResourceDefaults("gpt-5")).toEqual([]);
  });
});

describe("registryStatus", () => {
  it("is one GetItem and counts as DynamoDB does", async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `model-${String(i).padStart(14, "0")}`);
    dynamodb.on(GetItemCommand).resolves({
      Item: { PK: { S: "SYSTEM#" }, SK: { S: "#RESOURCES" }, resources: { SS: [...names, ""] } },
    });
    expect(await flat().registryStatus()).toEqual({
      names: 10_000,
      malformed: 1,
      bytes: 200_030,
      limitBytes: 409_600,
      limitShare: 200_030 / 409_600,
      nearLimit: false,
      setWriteUnits: 394,
      groupedWriteUnits: 2 + 392 / 99,
      updateWriteUnits: 1,
      listReadUnits: 24.5,
    });
    expect(dynamodb.calls()).toHaveLength(1);
  });

  it("of no registry is nothing, at the least price", async () => {
    expect(await flat().registryStatus()).toMatchObject({ names: 0, bytes: 0, limitShare: 0, listReadUnits: 0.5 });
  });

  it.each([
    [307_199, false],
    [307_200, true],
  ])("of %i bytes is near the limit: %s", async (bytes, nearLimit) => {
    dynamodb.on(GetItemCommand).resolves({ Item: { resources: { SS: ["x".repeat(bytes - "resources".length)] } } });
    expect(await flat().registryStatus()).toMatchObject({ bytes, nearLimit });
  });
});
