import {
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { createStreamHandler, createSweepHandler } from "@rollcall/maintainer";
import { Database, type ItemChange, type SdkCommand } from "@rollcall/memory-dynamodb";
import { ResourceRegistry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { namespaceIdKey, namespaceNameKey } from "@rollcall/registry/resources";
import { type ItemKey, parseResourceKey, registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import type { DynamoDBRecord } from "aws-lambda";
import fc from "fast-check";
import { expect, it } from "vitest";

const TABLE_NAME = "limits";
const PURGED = "H26LBx7Tvyw";
const KEPT = "beiZrD9wgEE";
const inTime = { getRemainingTimeInMillis: () => 600_000 };
const limits = [{ name: "rpm", capacity: 5 }];
const timing = () => withTiming({ clock: new VirtualClock(), random: () => 0.5 });

/** A table of the limiter's, in memory. Requests of its clients take effect in any order, which the scheduler chooses. */
class LimiterTable {
  readonly #database = new Database({ now: () => 0 });
  readonly #changes: ItemChange[] = [];
  readonly #scheduler: fc.Scheduler;

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler;
    this.#database.execute(new CreateTableCommand({ TableName: TABLE_NAME, ...tableDefinition() }));
    this.#database.onCommit = ({ changes }) => void this.#changes.push(...changes);
  }

  client(name: string): DynamoDBClient {
    const send = async (command: SdkCommand): Promise<object> => {
      await this.#scheduler.schedule(Promise.resolve(), `${name}: ${command.constructor.name}`);
      return this.#database.execute(command);
    };
    return { send } as unknown as DynamoDBClient;
  }

  put(Item: PutItemCommand["input"]["Item"]): void {
    this.#database.execute(new PutItemCommand({ TableName: TABLE_NAME, Item }));
  }

  listed(namespace: string): string[] | undefined {
    const { Item } = this.#database.execute(new GetItemCommand({ TableName: TABLE_NAME, Key: registryKey(namespace) }));
    return Item && [...(Item.resources?.SS ?? [])].sort();
  }

  defaults(namespace: string): string[] {
    const { Items = [] } = this.#database.execute(new ScanCommand({ TableName: TABLE_NAME }));
    const found = Items.map((item) => parseResourceKey(item as ItemKey));
    return found.flatMap((each) => (each?.namespace === namespace ? [each.resource] : [])).sort();
  }

  takeRecords(): DynamoDBRecord[] {
    return this.#changes.splice(0).map(({ key: Keys, before, after }, i) => ({
      eventName: before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY",
      dynamodb: {
        Keys,
        ...(before && { OldImage: before }),
        ...(after && { NewImage: after }),
        SequenceNumber: `${i}`,
      },
    })) as DynamoDBRecord[];
  }
}

/** What its provisioner writes: it knows neither registry nor index. */
function provisioned(name: string, namespace: string) {
  return { ...resourceKey(name, namespace), resource: { S: name }, l_rpm_cp: { N: "5" }, GSI4PK: { S: namespace } };
}

/** The limiter's purge: marks the id, deletes what its index finds, the registry last, and takes the id away. */
async function purge(client: DynamoDBClient): Promise<void> {
  const remove = (Key: ItemKey) => client.send(new DeleteItemCommand({ TableName: TABLE_NAME, Key }));
  const Item = { ...namespaceIdKey(PURGED), status: { S: "purging" } };
  await client.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
  await remove(namespaceNameKey("purged"));
  await remove(resourceKey("own", PURGED));
  await remove(registryKey(PURGED));
  await remove(namespaceIdKey(PURGED));
}

it("a purge stays one in every order in which requests of limiter, maintainers and sweep take effect, and another namespace heals", {
  timeout: 120_000,
}, async () => {
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const table = new LimiterTable(scheduler);
    for (const [name, id] of [
      ["purged", PURGED],
      ["kept", KEPT],
    ] as const) {
      table.put({ ...namespaceNameKey(name), namespace_id: { S: id } });
      table.put(namespaceIdKey(id));
    }
    const run = async () => {
      for (const namespace of [PURGED, KEPT]) {
        const registry = new ResourceRegistry({ tableName: TABLE_NAME, namespace, client: table.client("producer") });
        await registry.setResourceDefaults("own", limits);
      }
      table.put(provisioned("provisioned", PURGED));
      table.put(provisioned("provisioned", KEPT));
      const options = (name: string) => ({ tableName: TABLE_NAME, client: table.client(name), ...timing(), ...SILENT });
      const handlers = ["maintainer 1", "maintainer 2"].map((name) => createStreamHandler(options(name)));
      const sweep = createSweepHandler({ ...options("sweep"), maxReadUnitsPerSecond: 1e9, segments: 1 });
      const past: DynamoDBRecord[] = [];
      const maintain = async (Records = table.takeRecords()) => {
        past.push(...Records);
        await Promise.all(handlers.map((handler) => handler({ Records }, inTime)));
      };
      const remove = (Key: ItemKey) => table.client("hand").send(new DeleteItemCommand({ TableName: TABLE_NAME, Key }));
      await Promise.all([
        maintain().then(() => maintain()),
        purge(table.client("limiter")),
        remove(registryKey(KEPT)),
        sweep({}, inTime),
      ]);
      await maintain(past.slice()); // all of it delivered once more
      for (let records = table.takeRecords(); records.length > 0; records = table.takeRecords())
        await maintain(records);
      await sweep({}, inTime);
    };
    await scheduler.waitFor(run());
    expect(table.listed(PURGED)).toBeUndefined();
    expect(table.defaults(PURGED)).toEqual(["provisioned"]);
    expect(table.listed(KEPT)).toEqual(["own", "provisioned"]);
  });
  await fc.assert(property, { numRuns: runs(300) });
});
