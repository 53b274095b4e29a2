import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Commit, Item, ItemChange, SdkCommand } from "@rollcall/memory-dynamodb";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import type { DynamoDBRecord } from "aws-lambda";
import type { Process, Role } from "../timeline/process.ts";
import { defaultOf, registryOf } from "./membership-ledger.ts";

const WRITE_UNIT_BYTES = 1024;
/** What one transaction may hold. Source: Developer Guide, "Constraints". */
const MAX_ACTIONS = 100;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
/** A few items are always small enough. */
const FEW_ACTIONS = 10;
const NAMES_PER_BATCH = 100;

/** What each may send. The library reads one item at a time; only passes read the table. */
const ALLOWED: Partial<Record<Role, ReadonlySet<string>>> = {
  library: new Set(["TransactWriteItemsCommand", "PutItemCommand", "GetItemCommand"]),
  maintainer: new Set(["TransactWriteItemsCommand", "UpdateItemCommand", "GetItemCommand", "BatchGetItemCommand"]),
};

/** The requests of one invocation of the stream handler. */
interface InvocationCount {
  registryReads: number;
  batchReads: number;
  transactions: number;
}

/** What a request may cost, by the rules the access patterns are published with. */
export class CostRules {
  readonly #complain: (problem: string) => void;
  readonly #invocations = new Map<Process, InvocationCount>();

  constructor(complain: (problem: string) => void) {
    this.#complain = complain;
  }

  asked(process: Process, { constructor: { name }, input }: SdkCommand): void {
    if (ALLOWED[process.role]?.has(name) === false) this.#complain(`${process.name} sent a ${name}`);
    const { TransactItems = [], IndexName } = input as { TransactItems?: TransactWriteItem[]; IndexName?: string };
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
      if (changes.some(({ key }) => registryOf(key))) this.#complain("An update touched the registry");
      return;
    }
    const actions = (input as { TransactItems?: unknown[] }).TransactItems?.length ?? 0;
    const allowed = 2 * (changes.reduce((sum, change) => sum + unitsOf(change), 0) + actions - changes.length);
    const hasRegistry = changes.some(({ key }) => registryOf(key));
    if (hasRegistry && writeUnits > allowed) {
      this.#complain(`A transaction of ${actions - 1} names cost ${writeUnits} units, not ${allowed}`);
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

  /** An invocation has ended: one registry read a namespace, one batch read for 100 names. */
  endInvocation(process: Process, records: readonly DynamoDBRecord[]): void {
    const count = this.#invocations.get(process);
    this.#invocations.delete(process);
    if (count === undefined) return;
    const { registryReads, batchReads, transactions } = count;
    const addresses = records.map(({ dynamodb }) => addressOf(dynamodb?.Keys as Item));
    const namespaces = new Set(addresses.map((address) => address?.namespace)).size;
    const names = records.reduce(
      (sum, { dynamodb }) => sum + sizeOf(dynamodb?.OldImage) + sizeOf(dynamodb?.NewImage),
      0,
    );
    if (registryReads > namespaces + transactions) {
      this.#complain(`${process.name} read registries ${registryReads} times for ${namespaces} namespaces`);
    }
    if (batchReads > namespaces + Math.floor(names / NAMES_PER_BATCH)) {
      this.#complain(`${process.name} sent ${batchReads} batch reads for ${names} names of ${namespaces} namespaces`);
    }
  }
}

function addressOf(key: Item): { namespace: string | undefined } | undefined {
  return defaultOf(key) ?? registryOf(key);
}

function sizeOf(image: NonNullable<DynamoDBRecord["dynamodb"]>["NewImage"]): number {
  return image?.resources?.SS?.length ?? 0;
}

function unitsOf({ before, after }: ItemChange): number {
  const bytes = Math.max(...[before, after].map((item) => (item === undefined ? 0 : itemSizeBytes(item))));
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}
