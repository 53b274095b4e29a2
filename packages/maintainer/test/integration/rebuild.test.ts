import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { audit, rebuildRegistry } from "@rollcall/maintainer";
import { MalformedItemError, RegistryFullError, ResourceRegistry } from "@rollcall/registry";
import { registryKey } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { putAll } from "@rollcall/testing/dynamodb/put-all";
import { createQuietTable, defaultItem, registryItem } from "@rollcall/testing/rollcall/drifted-table";
import { beforeEach, describe, expect, it } from "vitest";

const limits = [{ name: "rpm", capacity: 5 }];

describeEachEngine("rebuildRegistry", (context) => {
  let tableName: string;

  beforeEach(async () => {
    tableName = await createQuietTable(context);
  });

  /** The registry's attribute, as it lies in the table. */
  const stored = async (namespace?: string) => {
    const get = new GetItemCommand({ TableName: tableName, Key: registryKey(namespace), ConsistentRead: true });
    return (await context.client.send(get)).Item?.resources;
  };
  const listed = async (namespace?: string) => [...((await stored(namespace))?.SS ?? [])].sort();

  /** Makes the attribute what a tool leaves in the place of a set. */
  const ruin = async (namespace?: string, value: AttributeValue = { M: {} }) => {
    await context.client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: registryKey(namespace),
        UpdateExpression: "SET resources = :value",
        ExpressionAttributeValues: { ":value": value },
      }),
    );
  };

  /** A client that does something else before one of its requests, or instead of it. */
  const interfering = (operation: string, interfere: (send: () => Promise<object>) => Promise<object>) => {
    const send = async (command: { constructor: { name: string } }, options?: object) => {
      const go = () => context.client.send(command as GetItemCommand, options as object) as Promise<object>;
      return command.constructor.name === operation ? await interfere(go) : await go();
    };
    return { send } as unknown as DynamoDBClient;
  };

  it.each<[string, AttributeValue]>([
    ["a map", { M: {} }],
    ["a list", { L: [{ S: "a" }] }],
    ["a text", { S: "a" }],
    ["a set of numbers", { NS: ["1"] }],
    ["null", { NULL: true }],
  ])("puts the truth in the place of %s, in the namespace that is asked for alone", async (_, value) => {
    const names = Array.from({ length: 120 }, (_, i) => `model-${i}`);
    await putAll(context.client, tableName, [
      ...names.map((name) => defaultItem(name, "t1")),
      defaultItem("other", "t2"),
      defaultItem("", "t1"),
      defaultItem("flat", undefined),
      registryItem([], "t1"),
    ]);
    await ruin("t1", value);
    const rebuilt = await rebuildRegistry({ tableName, client: context.client, scope: "t1" });
    expect(rebuilt).toEqual({ kind: "rebuilt", names: 120 });
    expect(await listed("t1")).toEqual(names.sort());
    const [report] = await audit({ tableName, client: context.client, scope: "t1" });
    expect(report).toMatchObject({ missing: [], orphaned: [], registered: 120 });
  });

  it("leaves an empty registry where there is no default", async () => {
    await ruin();
    expect(await rebuildRegistry({ tableName, client: context.client })).toEqual({ kind: "rebuilt", names: 0 });
    expect(await stored()).toBeUndefined();
  });

  it("leaves alone what is a string set, empty or not there", async () => {
    await putAll(context.client, tableName, [defaultItem("a", undefined), registryItem(["b"], undefined)]);
    expect(await rebuildRegistry({ tableName, client: context.client })).toEqual({ kind: "not-needed" });
    expect(await listed()).toEqual(["b"]);
    expect(await rebuildRegistry({ tableName, client: context.client, scope: "t1" })).toEqual({
      kind: "not-needed",
    });
  });

  it("refuses names that do not fit into one item, and writes nothing", async () => {
    const long = Array.from({ length: 206 }, (_, i) => `${i}`.padEnd(2_000, "x"));
    await putAll(context.client, tableName, [...long.map((name) => defaultItem(name, undefined))]);
    await ruin();
    await expect(rebuildRegistry({ tableName, client: context.client })).rejects.toThrow(RegistryFullError);
    expect(await stored()).toEqual({ M: {} });
  });

  it("ends with the reason of its signal", async () => {
    await ruin();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(rebuildRegistry({ tableName, client: context.client, signal })).rejects.toThrow();
    expect(await stored()).toEqual({ M: {} });
  });

  describe("beside other writers", () => {
    it("loses no name that the library writes while it runs", async () => {
      const before = Array.from({ length: 50 }, (_, i) => `before-${i}`);
      await putAll(context.client, tableName, [...before.map((name) => defaultItem(name, undefined))]);
      await ruin();
      await using registry = new ResourceRegistry({ tableName, client: context.client });
      const acknowledged: string[] = [];
      let isOver = false;
      const write = async (writer: number) => {
        for (let i = 0; !isOver || i < 5; i++) {
          const name = `writer-${writer}-${i}`;
          try {
            await registry.setResourceDefaults(name, limits);
            acknowledged.push(name);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedItemError);
          }
        }
      };
      const writers = [0, 1, 2].map(write);
      const slow = interfering("UpdateItemCommand", async (send) => {
        await registry.setResourceDefaults("refused", limits).catch(() => {});
        return await send();
      });
      expect(await rebuildRegistry({ tableName, client: slow })).toMatchObject({ kind: "rebuilt" });
      await registry.setResourceDefaults("after", limits);
      isOver = true;
      await Promise.all(writers);
      expect(await listed()).toEqual([...before, ...acknowledged, "after"].sort());
    });

    it("does not overwrite a set that was made in its place", async () => {
      await putAll(context.client, tableName, [defaultItem("a", undefined)]);
      await ruin();
      const client = interfering("UpdateItemCommand", async (send) => {
        await ruin(undefined, { SS: ["theirs"] });
        return await send();
      });
      expect(await rebuildRegistry({ tableName, client })).toEqual({ kind: "not-needed" });
      expect(await listed()).toEqual(["theirs"]);
    });

    it("knows its own write again, where its answer was lost and the SDK sent it twice", async () => {
      await putAll(context.client, tableName, [defaultItem("a", undefined)]);
      await ruin();
      const client = interfering("UpdateItemCommand", async (send) => {
        await send();
        return await send();
      });
      expect(await rebuildRegistry({ tableName, client })).toEqual({ kind: "rebuilt", names: 1 });
      expect(await listed()).toEqual(["a"]);
    });
  });
});
