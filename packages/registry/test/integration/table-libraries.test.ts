import { DynamoDB, type TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { ConditionFailedError, defineRegistry, InvalidNameError, Registry } from "@rollcall/registry";
import { tableDefinition } from "@rollcall/registry/schema";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { Table as OneTable } from "dynamodb-onetable";
import { Dynamo } from "dynamodb-onetable/Dynamo";
import {
  DeleteTransaction,
  GetItemCommand,
  item,
  PutTransaction,
  set,
  string,
  Entity as ToolboxEntity,
  Table as ToolboxTable,
} from "dynamodb-toolbox";
import dynamoose from "dynamoose";
import { createWriteTransaction, Entity } from "electrodb";
import { expect, it } from "vitest";

/** A member as each library is given it: a mixed-case name, a text and a set. */
const TENANT = { name: "Acme", plan: "pro", tags: ["a", "b"] };

const definition = defineRegistry({
  name: "tenants",
  key: { partition: "PK", sort: "SK" },
  member: { partition: "TENANT#{member}", sort: "#META" },
  registry: { partition: "SYSTEM#", sort: "#TENANTS", attribute: "tenants" },
});

/** What a test needs of one library. */
interface Library {
  create(): Promise<readonly unknown[]> | readonly unknown[];
  remove(): Promise<readonly unknown[]> | readonly unknown[];
  /** The member read back through the library; `undefined` where there is none. */
  read(): Promise<{ name: unknown; plan: unknown; tags: readonly unknown[] } | undefined>;
}

function electrodb(client: DynamoDB, table: string, casing?: "none"): Library & { tenants: ReturnType<typeof entity> } {
  const entity = () =>
    new Entity(
      {
        model: { entity: "tenant", version: "1", service: "app" },
        attributes: {
          name: { type: "string", required: true },
          plan: { type: "string" },
          tags: { type: "set", items: "string" },
        },
        indexes: {
          primary: {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: ElectroDB's own templates
            pk: { field: "PK", composite: ["name"], template: "TENANT#${name}", ...(casing && { casing }) },
            sk: { field: "SK", composite: [], template: "#META", ...(casing && { casing }) },
          },
        },
      } as const,
      { table, client },
    );
  const tenants = entity();
  return {
    tenants,
    create: () =>
      createWriteTransaction({ tenants }, ({ tenants: of }) => [of.create(TENANT).commit()]).params().TransactItems,
    remove: () =>
      createWriteTransaction({ tenants }, ({ tenants: of }) => [of.delete({ name: "Acme" }).commit()]).params()
        .TransactItems,
    read: async () => {
      const { data } = await tenants.get({ name: "Acme" }).go();
      return data === null ? undefined : { name: data.name, plan: data.plan, tags: [...(data.tags ?? [])] };
    },
  };
}

function toolbox(client: DynamoDB, name: string): Library {
  const documentClient = DynamoDBDocumentClient.from(client);
  const table = new ToolboxTable({
    name,
    documentClient,
    partitionKey: { name: "PK", type: "string" },
    sortKey: { name: "SK", type: "string" },
  });
  const tenants = new ToolboxEntity({
    name: "Tenant",
    table,
    schema: item({ name: string().key(), plan: string(), tags: set(string()) }),
    computeKey: ({ name: of }: { name: string }) => ({ PK: `TENANT#${of}`, SK: "#META" }),
  });
  return {
    create: () => [
      tenants
        .build(PutTransaction)
        .item({ ...TENANT, tags: new Set(TENANT.tags) })
        .params(),
    ],
    remove: () => [tenants.build(DeleteTransaction).key({ name: "Acme" }).params()],
    read: async () => {
      const { Item } = await tenants.build(GetItemCommand).key({ name: "Acme" }).send();
      return Item && { name: Item.name, plan: Item.plan, tags: [...Item.tags] };
    },
  };
}

function oneTable(client: DynamoDB, name: string) {
  const table = new OneTable({
    name,
    client: new Dynamo({ client }),
    partial: false,
    schema: {
      format: "onetable:1.1.0",
      version: "0.0.1",
      indexes: { primary: { hash: "PK", sort: "SK" } },
      models: {
        Tenant: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: OneTable's own templates
          PK: { type: String, value: "TENANT#${name}" },
          SK: { type: String, value: "#META" },
          name: { type: String, required: true },
          plan: { type: String },
          tags: { type: Set },
        },
      },
    } as const,
  });
  const tenants = table.getModel("Tenant");
  const unsent = async (write: (params: { transaction: object }) => Promise<unknown>) => {
    const transaction: { TransactItems?: unknown[] } = {};
    await write({ transaction });
    return transaction.TransactItems ?? [];
  };
  const library: Library = {
    create: () => unsent((params) => tenants.create({ ...TENANT, tags: new Set(TENANT.tags) } as never, params)),
    remove: () => unsent((params) => tenants.remove({ name: "Acme" }, params)),
    read: async () => {
      const found = (await tenants.get({ name: "Acme" })) as
        | { name: string; plan: string; tags: Set<string> }
        | undefined;
      return found && { name: found.name, plan: found.plan, tags: [...found.tags] };
    },
  };
  return { library, table, tenants };
}

function dynamooseModel(client: DynamoDB, tableName: string) {
  dynamoose.aws.ddb.set(client as never);
  const schema = new dynamoose.Schema({
    PK: { type: String, hashKey: true },
    SK: { type: String, rangeKey: true },
    name: String,
    plan: String,
    tags: { type: Set, schema: [String] },
  });
  const tenants = dynamoose.model(`Tenant-${tableName}`, schema, { tableName, create: false, waitForActive: false });
  const key = { PK: "TENANT#Acme", SK: "#META" };
  const library: Library = {
    create: async () => [await tenants.transaction.create({ ...key, ...TENANT, tags: new Set(TENANT.tags) })],
    remove: async () => [await tenants.transaction.delete(key)],
    read: async () => {
      const found = (await tenants.get(key)) as unknown as
        | { name: string; plan: string; tags: Set<string> }
        | undefined;
      return found && { name: found.name, plan: found.plan, tags: [...found.tags] };
    },
  };
  return { library, tenants, key };
}

function documentClient(client: DynamoDB, TableName: string): Library {
  const documents = DynamoDBDocumentClient.from(client);
  const Key = { PK: "TENANT#Acme", SK: "#META" };
  return {
    create: () => [{ Put: { TableName, Item: { ...Key, ...TENANT, tags: new Set(TENANT.tags), note: undefined } } }],
    remove: () => [{ Delete: { TableName, Key } }],
    read: async () => {
      const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item && { name: Item.name, plan: Item.plan, tags: [...(Item.tags as Set<string>)] };
    },
  };
}

describeEachEngine("Registry.write with actions of table libraries", (context) => {
  const open = async () => {
    const tableName = await context.createTable(tableDefinition());
    const client = new DynamoDB(context.engine.clientConfig);
    return { tableName, client, registry: new Registry({ definition, tableName, client }) };
  };

  it.each<[name: string, library: (client: DynamoDB, tableName: string) => Library]>([
    ["ElectroDB", (client, tableName) => electrodb(client, tableName, "none")],
    ["dynamodb-toolbox", toolbox],
    ["dynamodb-onetable", (client, tableName) => oneTable(client, tableName).library],
    ["dynamoose", (client, tableName) => dynamooseModel(client, tableName).library],
    ["DocumentClient", documentClient],
  ])("takes what %s makes, and the item reads back through it", async (_, libraryOf) => {
    const { tableName, client, registry } = await open();
    const library = libraryOf(client, tableName);

    await registry.write("Acme", (await library.create()) as TransactWriteItem[]);
    const found = await library.read();
    expect({ ...found, tags: found?.tags.toSorted() }).toEqual(TENANT);
    expect(await registry.list({ consistentRead: true })).toEqual(["Acme"]);

    await registry.write("Acme", (await library.remove()) as TransactWriteItem[]);
    expect(await library.read()).toBeUndefined();
    expect(await registry.list({ consistentRead: true })).toEqual([]);
  });

  it("tells a library's own condition at its own index", async () => {
    const { tableName, client, registry } = await open();
    const library = electrodb(client, tableName, "none");
    const create = (await library.create()) as TransactWriteItem[];
    await registry.write("Acme", create);
    const log = { Put: { TableName: tableName, Item: { PK: "LOG#1", SK: "x" } } } as unknown as TransactWriteItem;
    const refused = registry.write("Acme", [log, ...create]);
    await expect(refused).rejects.toBeInstanceOf(ConditionFailedError);
    await expect(refused).rejects.toMatchObject({ code: "CONDITION_FAILED", index: 1 });
  });

  it("refuses ElectroDB's lower-cased key, says the setting, and sends nothing", async () => {
    const { tableName, client, registry } = await open();
    const library = electrodb(client, tableName);
    const refused = registry.write("Acme", (await library.create()) as TransactWriteItem[]);
    await expect(refused).rejects.toBeInstanceOf(InvalidNameError);
    await expect(refused).rejects.toThrow('casing: "none"');
    const { Items } = await client.scan({ TableName: tableName });
    expect(Items).toEqual([]);
  });

  it("hands out its own action for the transactions of OneTable", async () => {
    const { tableName, client, registry } = await open();
    const { tenants, table, library } = oneTable(client, tableName);
    const transaction: { TransactItems?: unknown[] } = {};
    await tenants.create({ ...TENANT, tags: new Set(TENANT.tags) } as never, { transaction });
    transaction.TransactItems?.push(registry.action("add", "Acme"));
    await table.transact("write", transaction);
    expect(await library.read()).toBeDefined();
    expect(await registry.list({ consistentRead: true })).toEqual(["Acme"]);
  });

  it("hands out its own action for the transactions of dynamoose", async () => {
    const { tableName, client, registry } = await open();
    const { tenants, key } = dynamooseModel(client, tableName);
    await dynamoose.transaction([
      tenants.transaction.create({ ...key, ...TENANT, tags: new Set(TENANT.tags) }),
      Promise.resolve(registry.action("add", "Acme")) as never,
    ]);
    expect(await registry.list({ consistentRead: true })).toEqual(["Acme"]);
  });

  it("hands out its own action, in native values, for the transactions of DocumentClient", async () => {
    const { tableName, client, registry } = await open();
    const documents = DynamoDBDocumentClient.from(client);
    const Item = { PK: "TENANT#Acme", SK: "#META" };
    const listed = registry.action("add", "Acme", { native: true });
    await documents.send(
      new TransactWriteCommand({ TransactItems: [{ Put: { TableName: tableName, Item } }, listed] as never }),
    );
    expect(await registry.list({ consistentRead: true })).toEqual(["Acme"]);
    const removed = registry.action("remove", "Acme", { native: true });
    await documents.send(
      new TransactWriteCommand({ TransactItems: [{ Delete: { TableName: tableName, Key: Item } }, removed] as never }),
    );
    expect(await registry.list({ consistentRead: true })).toEqual([]);
  });
});
