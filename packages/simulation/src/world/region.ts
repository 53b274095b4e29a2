import {
  type AttributeValue,
  CreateTableCommand,
  DescribeTableCommand,
  PutItemCommand,
  type TransactWriteItem,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { type Commit, Database, type Key, type SdkCommand, type Stream, type Table } from "@rollcall/memory-dynamodb";
import { type RegistryDefinition, tableDefinition } from "@rollcall/registry";
import { CALM, type NetworkConditions, STORM } from "../network/conditions.ts";
import type { Setting } from "../plan/setting.ts";
import type { Watch, Writer } from "../promises/watch.ts";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";

/** The one table of every Region. */
export const TABLE_NAME = "limits";

/** One AWS Region: its DynamoDB, and the network to it. */
export class Region {
  readonly name: string;
  readonly database: Database;
  readonly watch: Watch;
  /** Hears of every write that took effect here. */
  onCommit: ((commit: Commit) => void) | undefined;
  readonly #setting: Setting;
  /** Requests that will still be carried out, by their senders, who may be dead. */
  readonly #inFlight = new Map<Process, number>();
  #conditions: NetworkConditions;
  #writer: Writer | undefined;

  constructor(name: string, timeline: Timeline, watch: Watch, setting: Setting) {
    this.name = name;
    this.watch = watch;
    this.#setting = setting;
    this.#conditions = setting.network;
    this.database = new Database({ now: timeline.now, region: name, shards: setting.shards });
    this.database.onCommit = (commit) => {
      watch.committed(name, commit, this.#writer, timeline.now());
      this.onCommit?.(commit);
    };
  }

  get conditions(): NetworkConditions {
    return this.#conditions;
  }

  get table(): Table {
    return this.database.table(TABLE_NAME);
  }

  /** Makes the table and what it begins with, of which its stream tells nothing. */
  createTable(items: readonly Record<string, AttributeValue>[]): void {
    const { StreamSpecification, ...definition } = tableDefinition(
      this.#setting.layout.definitions[0] as RegistryDefinition,
    );
    this.database.execute(new CreateTableCommand({ TableName: TABLE_NAME, ...definition }));
    for (const Item of items) this.database.execute(new PutItemCommand({ TableName: TABLE_NAME, Item }));
    this.database.execute(new UpdateTableCommand({ TableName: TABLE_NAME, StreamSpecification }));
  }

  stream(): { stream: Stream; streamArn: string } {
    const { Table } = this.database.execute(new DescribeTableCommand({ TableName: TABLE_NAME }));
    const { stream } = this.table;
    if (stream === undefined || Table?.LatestStreamArn === undefined) throw new Error(`${TABLE_NAME} has no stream`);
    return { stream, streamArn: Table.LatestStreamArn };
  }

  /** Time to live takes an item, if it is there. */
  expire(key: Key): void {
    this.table.expire(key);
  }

  /** A process has sent a request that will arrive. */
  sentOff(process: Process): void {
    this.#inFlight.set(process, (this.#inFlight.get(process) ?? 0) + 1);
  }

  /** A request has arrived and was carried out, or refused. */
  dealtWith(process: Process): void {
    const left = (this.#inFlight.get(process) ?? 1) - 1;
    if (left > 0) this.#inFlight.set(process, left);
    else this.#inFlight.delete(process);
  }

  /** Whether requests are in flight: of any process, or of those that are asked for. */
  hasInFlight(isMeant: (process: Process) => boolean = () => true): boolean {
    return this.#inFlight.keys().some(isMeant);
  }

  /** Whether a transaction has the one name in it that DynamoDB cannot read, and refuses every request for. */
  cannotRead({ input }: SdkCommand): boolean {
    const { unreadableName } = this.#setting;
    const { TransactItems } = input as { TransactItems?: TransactWriteItem[] };
    if (unreadableName === undefined || TransactItems === undefined) return false;
    return TransactItems.some(({ Put, Update, Delete, ConditionCheck }) => {
      const key = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key;
      return key !== undefined && this.watch.reader.members(key).some(({ name }) => name === unreadableName);
    });
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
    if (this.#conditions === CALM) return;
    this.#conditions = { ...this.#setting.network, ...STORM };
    await passed();
    if (this.#conditions !== CALM) this.#conditions = this.#setting.network;
  }

  /** Nothing fails any more, from now on. */
  calm(): void {
    this.#conditions = CALM;
  }
}
