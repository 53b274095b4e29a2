import type { ConsumedCapacity, TransactGetItem, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Item, Key, SdkCommand, Table } from "@rollcall/memory-dynamodb";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import type { KeyReader } from "../layout/key-reader.ts";
import type { PassPace } from "../plan/setting.ts";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Complain } from "./violation.ts";

/** The part of a second's budget that may be spent immediately after a pause. */
const BURST_SECONDS = 0.5;
/** What reads may cost beyond their budget in all: each is known only when it has been answered. */
const SLACK_UNITS = 20;
/** The least that a Scan costs; a page of one item that costs so little could have been larger. */
const LEAST_UNITS = 0.5;
/** Pages of one item that each segment may have before it is known how small items are. */
const PAGES_TO_LEARN = 4;
/** The most an item may weigh. Source: Developer Guide, "Constraints". */
const MAX_ITEM_BYTES = 409_600;
/** How DynamoDB says that an item would become too large. */
const NO_ROOM = /item size .*exceeded/i;
/** Names that may be taken off one item of a registry one request each, by one process. */
const MAX_ALONE = 5;

/** What one pass, or one invocation of a sweep, has asked for so far. */
interface Account {
  readonly pace: Pick<PassPace, "segments" | "unitsPerSecond">;
  readonly beganAt: number;
  /** What each answered read has cost, in read units; once, though the SDK may have sent it more often. */
  readonly scans: number[];
  readonly reads: number[];
  smallPages: number;
  /** Registries as they were when they were last read, by their keys. */
  readonly registries: Map<string, Item | undefined>;
  /** The same, as it was when a write was sent: what is read later is nothing that the write could know. */
  readonly knownTo: WeakMap<SdkCommand, ReadonlyMap<string, Item | undefined>>;
}

/** What passes over the table may cost, by the rules they are published with. */
export class PassRules {
  readonly #timeline: Timeline;
  readonly #reader: KeyReader;
  readonly #complain: Complain;
  readonly #accounts = new Map<Process, Account>();
  readonly #answered = new WeakSet<SdkCommand>();
  /** Names that each process has taken off an item of a registry by themselves. */
  readonly #alone = new WeakMap<Process, Map<string, Set<string>>>();

  constructor(timeline: Timeline, reader: KeyReader, complain: Complain) {
    this.#timeline = timeline;
    this.#reader = reader;
    this.#complain = complain;
  }

  /** A process begins a pass, or continues one. */
  begin(process: Process, pace: Account["pace"]): void {
    const beganAt = this.#timeline.now();
    this.#accounts.set(process, {
      pace,
      beganAt,
      scans: [],
      reads: [],
      smallPages: 0,
      registries: new Map(),
      knownTo: new WeakMap(),
    });
  }

  end(process: Process): void {
    this.#checkBudget(process);
    this.#accounts.delete(process);
  }

  /** Read units that a process has spent since it began. */
  spent(process: Process): number {
    const { scans = [], reads = [] } = this.#accounts.get(process) ?? {};
    return sum(scans) + sum(reads);
  }

  isMetered(process: Process): boolean {
    return this.#accounts.has(process);
  }

  asked(process: Process, command: SdkCommand): void {
    const {
      constructor: { name },
      input,
    } = command;
    const account = this.#accounts.get(process);
    if (name === "TransactWriteItemsCommand") account?.knownTo.set(command, new Map(account.registries));
    if (name === "UpdateItemCommand" && process.role !== "foreign") this.#askedAlone(process, input);
    if (READS.has(name)) this.#checkBudget(process);
  }

  #checkBudget(process: Process): void {
    const account = this.#accounts.get(process);
    if (account === undefined) return;
    const { pace, beganAt, scans, reads } = account;
    const seconds = (this.#timeline.now() - beganAt) / 1_000;
    const earned = pace.unitsPerSecond * (seconds + BURST_SECONDS) + SLACK_UNITS;
    // The last answers of what runs at the same time may have been larger than was expected.
    const spent = sumWithoutLargest(scans, pace.segments) + sumWithoutLargest(reads, 1);
    if (spent > earned) {
      this.#complain(
        "cost",
        `${process.name} has read ${spent} units in ${seconds} s, at ${pace.unitsPerSecond} a second`,
      );
    }
  }

  /** A read was carried out. */
  answered(process: Process, command: SdkCommand, output: object, table: Table): void {
    const account = this.#accounts.get(process);
    if (account === undefined) return;
    const { name } = command.constructor;
    const { ConsumedCapacity } = output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
    const units = [ConsumedCapacity ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    if (this.#answered.has(command)) return;
    this.#answered.add(command);
    if (name === "ScanCommand") this.#scanned(process, account, units, output);
    else if (READS.has(name)) account.reads.push(units);
    for (const key of this.#registriesIn(command)) account.registries.set(JSON.stringify(key), table.get(key));
  }

  /** A write was refused: where it was for want of room, the pass must not have known that. */
  refused(process: Process, command: SdkCommand, error: Error, table: Table): void {
    const known = this.#accounts.get(process)?.knownTo.get(command);
    if (known === undefined || error.name !== "TransactionCanceledException") return;
    const { CancellationReasons = [] } = error as { CancellationReasons?: { Message?: string }[] };
    const { TransactItems = [] } = command.input as { TransactItems?: TransactWriteItem[] };
    for (const [i, { Update }] of TransactItems.entries()) {
      const key = Update?.Key;
      if (key === undefined || !NO_ROOM.test(CancellationReasons[i]?.Message ?? "")) continue;
      const text = JSON.stringify(key);
      const registry = table.get(key);
      const isUnchanged = known.has(text) && known.get(text) === registry;
      if (isUnchanged && this.#addedBytes(Update?.ExpressionAttributeValues, registry) > freeBytes(registry)) {
        this.#complain("cost", `${process.name} adds names to ${text}, where it has seen that there is no room`);
      }
    }
  }

  #scanned(process: Process, account: Account, units: number, output: object): void {
    const { ScannedCount = 0, LastEvaluatedKey } = output as { ScannedCount?: number; LastEvaluatedKey?: Key };
    account.scans.push(units);
    if (ScannedCount > 1 || units > LEAST_UNITS || LastEvaluatedKey === undefined) return;
    account.smallPages++;
    const isLearning = account.smallPages <= PAGES_TO_LEARN * account.pace.segments;
    if (!isLearning && 2 * account.smallPages > account.scans.length) {
      this.#complain("cost", `${process.name} has read ${account.smallPages} pages of one small item each`);
    }
  }

  #askedAlone(process: Process, input: object): void {
    const { Key, ExpressionAttributeValues = {} } = input as { Key?: Key; ExpressionAttributeValues?: Item };
    const [members, ...others] = Object.values(ExpressionAttributeValues);
    const [name] = members?.SS ?? [];
    if (name === undefined || members?.SS?.length !== 1 || others.length > 0) return;
    const lists = this.#alone.get(process) ?? new Map<string, Set<string>>();
    this.#alone.set(process, lists);
    const names = lists.get(JSON.stringify(Key)) ?? new Set<string>();
    lists.set(JSON.stringify(Key), names.add(name));
    if (names.size === MAX_ALONE + 1) {
      this.#complain("cost", `${process.name} takes ${names.size} names off a registry, one request each`);
    }
  }

  /** Bytes that the names of an update take in a registry that has some of them already. */
  #addedBytes(values: Item = {}, registry: Item = {}): number {
    const known = new Set(this.#reader.names(registry));
    const names = Object.values(values).flatMap(({ SS = [] }) => SS);
    return names.reduce((bytes, name) => bytes + (known.has(name) ? 0 : Buffer.byteLength(name)), 0);
  }

  /** Keys of registries that a strongly consistent read asks for. */
  #registriesIn({ input }: SdkCommand): Key[] {
    const {
      Key,
      ConsistentRead,
      TransactItems = [],
    } = input as {
      Key?: Key;
      ConsistentRead?: boolean;
      TransactItems?: TransactGetItem[];
    };
    const keys = [ConsistentRead ? Key : undefined, ...TransactItems.map(({ Get }) => Get?.Key)];
    return keys.filter((key) => key !== undefined && this.#reader.list(key) !== undefined) as Key[];
  }
}

const READS: ReadonlySet<string> = new Set([
  "ScanCommand",
  "GetItemCommand",
  "BatchGetItemCommand",
  "TransactGetItemsCommand",
]);

function sumWithoutLargest(units: readonly number[], count: number): number {
  const largest = units.toSorted((a, b) => b - a).slice(0, count);
  return sum(units) - sum(largest);
}

function sum(units: readonly number[]): number {
  return units.reduce((total, unit) => total + unit, 0);
}

function freeBytes(registry: Item = {}): number {
  return MAX_ITEM_BYTES - itemSizeBytes(registry);
}
