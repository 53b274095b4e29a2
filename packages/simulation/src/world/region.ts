import {
  type AttributeValue,
  CreateTableCommand,
  DescribeTableCommand,
  PutItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { type Commit, Database, type SdkCommand, type Stream } from "@rollcall/memory-dynamodb";
import { type ItemKey, registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { CALM, type NetworkConditions } from "../network/conditions.ts";
import type { Setting } from "../plan/plan.ts";
import type { Watch, Writer } from "../promises/watch.ts";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";

/** The network for as long as a storm lasts. */
const STORM = { lost: 0.2, unanswered: 0.2, throttled: 0.3, stalled: 0.3, stallMs: 5_000 };

/** One AWS Region: its DynamoDB, and the network to it. */
export class Region {
  readonly name: string;
  readonly database: Database;
  readonly watch: Watch;
  /** Requests that will still be carried out, whether or not their sender lives. */
  requestsUnderWay = 0;
  /** Hears of every write that took effect here. */
  onCommit: ((commit: Commit) => void) | undefined;
  #conditions: NetworkConditions;
  #usual: NetworkConditions;
  #writer: Writer | undefined;

  constructor(name: string, timeline: Timeline, watch: Watch, { network, shards }: Setting) {
    this.name = name;
    this.watch = watch;
    this.#conditions = network;
    this.#usual = network;
    this.database = new Database({ now: timeline.now, region: name, shards });
    this.database.onCommit = (commit) => {
      watch.committed(name, commit, this.#writer, timeline.now());
      this.onCommit?.(commit);
    };
  }

  get conditions(): NetworkConditions {
    return this.#conditions;
  }

  /** Makes a table and what it begins with, of which its stream tells nothing. */
  createTable(TableName: string, items: readonly Record<string, AttributeValue>[]): void {
    const { StreamSpecification, ...definition } = tableDefinition();
    this.database.execute(new CreateTableCommand({ TableName, ...definition }));
    for (const Item of items) this.database.execute(new PutItemCommand({ TableName, Item }));
    this.database.execute(new UpdateTableCommand({ TableName, StreamSpecification }));
  }

  stream(TableName: string): { stream: Stream; streamArn: string } {
    const { Table } = this.database.execute(new DescribeTableCommand({ TableName }));
    const { stream } = this.database.table(TableName);
    if (stream === undefined || Table?.LatestStreamArn === undefined) throw new Error(`${TableName} has no stream`);
    return { stream, streamArn: Table.LatestStreamArn };
  }

  /** Time to live takes an item, if it is there. */
  expire(tableName: string, key: ItemKey): void {
    this.database.table(tableName).expire(key);
  }

  /** Carries out a request on behalf of a process. */
  as<T>(process: Process, command: SdkCommand, work: () => T): T {
    this.#writer = { process, command };
    try {
      return work();
    } finally {
      this.#writer = undefined;
    }
  }

  /** The network is bad until `passed` resolves. */
  async storm(passed: () => Promise<void>): Promise<void> {
    this.#conditions = { ...this.#usual, ...STORM };
    await passed();
    this.#conditions = this.#usual;
  }

  /** Nothing goes wrong any more. */
  calm(): void {
    this.#conditions = CALM;
    this.#usual = CALM;
  }
}

/** A default as anybody may have written it. */
export function defaultItem(namespace: string | undefined, name: string): Record<string, AttributeValue> {
  const limits = { l_rpm_cp: { N: "5" }, l_rpm_ra: { N: "5" }, l_rpm_rp: { N: "60" } };
  return { ...resourceKey(name, namespace), resource: { S: name }, ...limits };
}

export function registryItem(namespace: string | undefined, names: readonly string[]): Record<string, AttributeValue> {
  return { ...registryKey(namespace), ...(names.length > 0 && { resources: { SS: [...names] } }) };
}
