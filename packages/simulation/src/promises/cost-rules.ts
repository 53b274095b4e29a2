import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Commit, Item, ItemChange, SdkCommand } from "@rollcall/memory-dynamodb";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import type { DynamoDBRecord } from "aws-lambda";
import { homeShard, type KeyReader, keyText, type ListPlace } from "../layout/key-reader.ts";
import type { Process, Role } from "../timeline/process.ts";

const WRITE_UNIT_BYTES = 1024;
/** What one transaction may hold. Source: Developer Guide, "Constraints". */
const MAX_ACTIONS = 100;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
/** A few items are always small enough. */
const FEW_ACTIONS = 10;
const NAMES_PER_BATCH = 100;

/** What each may send. The library reads single items, or a registry's; only passes read the table. */
const ALLOWED: Partial<Record<Role, ReadonlySet<string>>> = {
  library: new Set(["TransactWriteItemsCommand", "PutItemCommand", "GetItemCommand", "BatchGetItemCommand"]),
  maintainer: new Set(["TransactWriteItemsCommand", "UpdateItemCommand", "GetItemCommand", "BatchGetItemCommand"]),
};

/** What a request may have. */
interface Asked {
  readonly TransactItems?: readonly TransactWriteItem[];
  readonly IndexName?: string;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly Item[] }>>;
}

/** The requests of one invocation of the stream handler. */
interface InvocationCount {
  registryReads: number;
  batchReads: number;
  transactions: number;
}

/** What a request may cost, by the rules the access patterns are published with. */
export class CostRules {
  readonly #reader: KeyReader;
  readonly #complain: (problem: string) => void;
  readonly #invocations = new Map<Process, InvocationCount>();

  constructor(reader: KeyReader, complain: (problem: string) => void) {
    this.#reader = reader;
    this.#complain = complain;
  }

  asked(process: Process, { constructor: { name }, input }: SdkCommand): void {
    if (ALLOWED[process.role]?.has(name) === false) this.#complain(`${process.name} sent a ${name}`);
    const { TransactItems = [], IndexName, RequestItems = {} } = input as Asked;
    const keysRead = Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys);
    if (process.role === "library" && keysRead.some((key) => this.#reader.list(key) === undefined)) {
      this.#complain(`${process.name} read members' items`);
    }
    if (process.role !== "foreign" && IndexName !== undefined) this.#complain(`${process.name} read an index`);
    if (TransactItems.length > MAX_ACTIONS) this.#complain(`${process.name} sent ${TransactItems.length} actions`);
    if (process.role === "library" && TransactItems.length > FEW_ACTIONS) {
      const bytes = TransactItems.reduce((sum, { Put }) => sum + (Put?.Item ? itemSizeBytes(Put.Item) : 0), 0);
      if (bytes > MAX_TRANSACTION_BYTES) this.#complain(`${process.name} sent a transaction of ${bytes} bytes`);
    }
    const count = this.#invocations.get(process);
    if (count === undefined) return;
    if (name === "GetItemCommand") count.registryReads++;
    if (name === "BatchGetItemCommand") count.batchReads++;
    if (name === "TransactWriteItemsCommand") count.transactions++;
  }

  committed(process: Process, { constructor: { name }, input }: SdkCommand, { changes, writeUnits }: Commit): void {
    if (process.role !== "library") return;
    if (name === "PutItemCommand") {
      const units = changes.reduce((sum, change) => sum + unitsOf(change), 0);
      if (writeUnits > Math.max(1, units)) this.#complain(`An update cost ${writeUnits} units, not ${units}`);
      if (changes.some(({ key }) => this.#reader.list(key))) this.#complain("An update touched the registry");
      return;
    }
    const { TransactItems: actions = [] } = input as Asked;
    const allowed = 2 * (changes.reduce((sum, change) => sum + unitsOf(change), 0) + actions.length - changes.length);
    // A registry that stays as it was costs as much as it is large.
    const lists = actions.filter(({ Update }) => Update?.Key !== undefined && this.#reader.list(Update.Key)).length;
    const changed = changes.filter(({ key }) => this.#reader.list(key)).length;
    if (lists === changed && writeUnits > allowed) {
      this.#complain(`A transaction of ${actions.length - lists} actions cost ${writeUnits} units, not ${allowed}`);
    }
  }

  /** Counts what a process asks for from now on. */
  beginInvocation(process: Process): void {
    this.#invocations.set(process, { registryReads: 0, batchReads: 0, transactions: 0 });
  }

  /** DynamoDB left keys of a batch unprocessed, or refused a request: the invocation may have to ask once more. */
  excuse(process: Process): void {
    this.#invocations.delete(process);
  }

  /** An invocation has ended: one read for each item of a registry, one batch read for 100 names of one scope. */
  endInvocation(process: Process, records: readonly DynamoDBRecord[]): void {
    const count = this.#invocations.get(process);
    this.#invocations.delete(process);
    if (count === undefined) return;
    const { registryReads, batchReads, transactions } = count;
    const lists = new Map<string, ListPlace>();
    let names = 0;
    for (const { dynamodb } of records) {
      const { Keys, OldImage, NewImage } = dynamodb as { Keys: Item; OldImage?: Item; NewImage?: Item };
      const [before, after] = [this.#reader.names(OldImage), this.#reader.names(NewImage)];
      names += before.length + after.length;
      for (const place of this.#concerned(Keys, new Set(before).symmetricDifference(new Set(after)))) {
        lists.set(keyText(place), place);
      }
    }
    const scopes = new Set(lists.values().map((place) => keyText({ ...place, shard: 0 }))).size;
    if (registryReads > lists.size + transactions) {
      this.#complain(`${process.name} read registries ${registryReads} times for ${lists.size} of their items`);
    }
    if (batchReads > scopes + Math.floor(names / NAMES_PER_BATCH)) {
      this.#complain(`${process.name} sent ${batchReads} batch reads for ${names} names of ${scopes} registries`);
    }
  }

  /** The items of registries that a record is about: that of its name, or its own and those of the names that it changed. */
  #concerned(key: Item, changed: ReadonlySet<string>): ListPlace[] {
    const own = this.#reader.list(key);
    if (own === undefined) return this.#reader.members(key);
    const homes = [...changed].map((name) => homeShard(own.definition, name));
    return [own, ...homes.map((shard) => ({ ...own, shard }))];
  }
}

function unitsOf({ before, after }: ItemChange): number {
  const bytes = Math.max(...[before, after].map((item) => (item === undefined ? 0 : itemSizeBytes(item))));
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}
