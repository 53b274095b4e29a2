import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Commit, Item, SdkCommand } from "@rollcall/memory-dynamodb";
import type { RegistryDefinition } from "@rollcall/registry";
import type { KeyReader } from "../layout/key-reader.ts";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { qualify } from "./membership-ledger.ts";

/** What a caller asks for: the last three are actions of its own, on a condition, with another item beside. */
export type WriteKind = "set" | "update" | "delete" | "create" | "change" | "drop";

/** What a call demands of its member's item, where it demands anything. */
export const DEMANDS: Partial<Record<WriteKind, "absent" | "present">> = {
  create: "absent",
  change: "present",
  drop: "present",
};

/** What a caller asks of the library. */
export interface AskedWrite {
  readonly kind: WriteKind;
  readonly definition: RegistryDefinition;
  readonly scope: string | undefined;
  readonly name: string;
}

/** A write that a caller asked of the library. */
export interface Call extends AskedWrite {
  /** Calls are numbered in the order in which they were made. What one writes carries its number. */
  readonly id: number;
  readonly process: Process;
  /**
   * Whether an update's answer was lost and the SDK sent its plain write again. It may then take effect twice; or once,
   * and be refused the second time because another caller has deleted the default meanwhile. Transactions have a token
   * against that.
   */
  mayRepeat: boolean;
  commits: number;
  /** Requests that were to carry it out, and the calls that the last of them was for. */
  requests: number;
  group: readonly Call[];
  /** What the caller was told: done; refused, so that nothing was written; or nothing that says which. */
  outcome: "pending" | "acknowledged" | "refused" | "unknown";
}

/** All calls, the requests that carry them out, and what became of them. */
export class Calls {
  readonly #calls: Call[] = [];
  readonly #byName = new Map<string, Call[]>();
  /** By the transaction's token, which stays the same when the library retries; or by the plain write. */
  readonly #carriedOutBy = new Map<unknown, readonly Call[]>();
  readonly #timeline: Timeline;
  readonly #reader: KeyReader;
  readonly #complain: (problem: string) => void;

  constructor(timeline: Timeline, reader: KeyReader, complain: (problem: string) => void) {
    this.#timeline = timeline;
    this.#reader = reader;
    this.#complain = complain;
  }

  begin(process: Process, asked: AskedWrite): Call {
    const id = this.#calls.length + 1;
    const call: Call = {
      ...asked,
      id,
      process,
      mayRepeat: false,
      commits: 0,
      requests: 0,
      group: [],
      outcome: "pending",
    };
    this.#calls.push(call);
    this.#of(process, asked).push(call);
    return call;
  }

  /** The library sends a request: finds out which calls it carries out. */
  sent(process: Process, command: SdkCommand): void {
    const known = this.#carriedOutBy.get(identityOf(command));
    if (known !== undefined) {
      countRequest(known);
      return;
    }
    const { TransactItems = [], Item } = command.input as Partial<{
      TransactItems: TransactWriteItem[];
      Item: Record<string, AttributeValue>;
    }>;
    const numbers = [...TransactItems.map(numberIn), numberOf(Item)].filter((number) => number !== undefined);
    const calls: Call[] = [];
    const take = (call: Call | undefined): void => {
      if (call?.process !== process) this.#complain(`${process.name} writes what was not asked of it`);
      else calls.push(call);
    };
    for (const number of new Set(numbers)) take(this.#calls[number - 1]);
    const deleted = TransactItems.map(({ Delete }) => Delete?.Key)
      .filter((key) => key !== undefined)
      .filter((key) => !calls.some((call) => call.kind === "drop" && this.#isOf(call, key)));
    // A delete carries no number. Calls of one name take turns, so it is the first one left, once every caller has heard
    // what it is about to hear; and before anything else happens, such as that caller's abort.
    if (deleted.length > 0) {
      this.#timeline.whenIdle(() => {
        const found = deleted.map((key) => this.#deleteOf(process, key));
        found.forEach(take);
        countRequest(found.filter((call) => call !== undefined));
      });
    }
    countRequest(calls);
    this.#carriedOutBy.set(identityOf(command), calls);
  }

  /** The SDK sends a request once more. */
  repeated(command: SdkCommand): void {
    for (const call of this.#carriedOutBy.get(identityOf(command)) ?? []) call.mayRepeat ||= call.kind === "update";
  }

  /** A request took effect. */
  committed(command: SdkCommand, { changes }: Commit): void {
    for (const call of this.#carriedOutBy.get(identityOf(command)) ?? []) {
      call.commits++;
      if (call.commits > 1 && !call.mayRepeat) this.#complain(`${callInWords(call)} took effect ${call.commits} times`);
      this.#checkDemand(call, changes);
      if (call.mayRepeat) continue; // a plain write that was sent twice may arrive late
      if (call.outcome === "refused") this.#complain(`${callInWords(call)} was refused, and took effect later`);
      if (call.outcome === "unknown") continue; // aborted in flight: it may arrive at any time
      const others = this.#of(call.process, call);
      const overtaken = others.find(({ id, commits }) => id > call.id && commits > 0);
      if (overtaken !== undefined) this.#complain(`${callInWords(call)} took effect after ${callInWords(overtaken)}`);
    }
  }

  conclude(call: Call, outcome: "acknowledged" | "refused" | "unknown"): void {
    call.outcome = outcome;
    const isDone = call.commits === 1 || (call.commits > 1 && call.mayRepeat);
    if (outcome === "acknowledged" && !isDone) {
      this.#complain(`${callInWords(call)} was acknowledged, and took effect ${call.commits} times`);
    }
    if (outcome === "refused" && call.commits > 0 && !call.mayRepeat)
      this.#complain(`${callInWords(call)} was refused, and took effect`);
  }

  /** A caller's condition held, and all of its actions took effect: the item beside carries the call's number. */
  #checkDemand(call: Call, changes: Commit["changes"]): void {
    const demand = DEMANDS[call.kind];
    if (demand === undefined) return;
    const own = changes.find(({ key }) => this.#isOf(call, key));
    const wasThere = own?.before !== undefined;
    if (own !== undefined && wasThere !== (demand === "present")) {
      this.#complain(`${callInWords(call)} took effect against its condition`);
    }
    const hasBeside = changes.some(({ key, after }) => numberOf(after) === call.id && !this.#isOf(call, key));
    if (!hasBeside) this.#complain(`${callInWords(call)} took effect without its other action`);
  }

  /** Whether a key is that of the call's member. */
  #isOf({ definition, scope, name }: AskedWrite, key: Item): boolean {
    return this.#reader
      .members(key)
      .some((place) => place.definition === definition && place.scope === scope && place.name === name);
  }

  #deleteOf(process: Process, key: Item): Call | undefined {
    const calls = this.#reader.members(key).flatMap((place) => this.#of(process, place));
    const deletes = calls.filter(({ kind, commits }) => kind === "delete" && commits === 0);
    return (
      deletes.find(({ outcome }) => outcome === "pending") ?? deletes.findLast(({ outcome }) => outcome === "unknown")
    );
  }

  #of(process: Process, { definition, scope, name }: Omit<AskedWrite, "kind">): Call[] {
    const key = JSON.stringify([process.name, definition.name, scope, name]);
    const calls = this.#byName.get(key) ?? [];
    this.#byName.set(key, calls);
    return calls;
  }
}

/** The attribute of what a call writes that holds its number; of `resources` it is a limit's. */
export const NUMBER_ATTRIBUTES = ["number", "l_rpm_cp"] as const;
/** The value in an expression that holds it. */
export const NUMBER_VALUE = ":number";

function numberIn({ Put, Update }: TransactWriteItem): number | undefined {
  const value = Update?.ExpressionAttributeValues?.[NUMBER_VALUE]?.N;
  return value === undefined ? numberOf(Put?.Item) : Number(value);
}

function numberOf(item: Item | undefined): number | undefined {
  const value = NUMBER_ATTRIBUTES.map((name) => item?.[name]?.N).find((found) => found !== undefined);
  return value === undefined ? undefined : Number(value);
}

function countRequest(calls: readonly Call[]): void {
  for (const call of calls) {
    call.requests++;
    call.group = calls;
  }
}

function identityOf(command: SdkCommand): unknown {
  return (command.input as { ClientRequestToken?: string }).ClientRequestToken ?? command;
}

/** A call in words. */
export function callInWords({ id, kind, scope, name }: Call): string {
  return `${kind} ${qualify(scope, name)} (call ${id})`;
}
