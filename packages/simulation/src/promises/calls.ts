import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Item, SdkCommand } from "@rollcall/memory-dynamodb";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { defaultOf, qualify } from "./membership-ledger.ts";

export type WriteKind = "set" | "update" | "delete";

/** A write that a caller asked of the library. */
export interface Call {
  /** Calls are numbered in the order in which they were made. A set or update writes its number as the limit. */
  readonly id: number;
  readonly process: Process;
  readonly kind: WriteKind;
  readonly namespace: string | undefined;
  readonly name: string;
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
  readonly #complain: (problem: string) => void;

  constructor(timeline: Timeline, complain: (problem: string) => void) {
    this.#timeline = timeline;
    this.#complain = complain;
  }

  begin(process: Process, kind: WriteKind, namespace: string | undefined, name: string): Call {
    const id = this.#calls.length + 1;
    const call: Call = {
      id,
      process,
      kind,
      namespace,
      name,
      mayRepeat: false,
      commits: 0,
      requests: 0,
      group: [],
      outcome: "pending",
    };
    this.#calls.push(call);
    this.#of(process, namespace, name).push(call);
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
    const written = [...TransactItems.map(({ Put }) => Put?.Item), Item].filter((item) => item !== undefined);
    const deleted = TransactItems.map(({ Delete }) => Delete?.Key).filter((key) => key !== undefined);
    const calls: Call[] = [];
    const take = (call: Call | undefined): void => {
      if (call?.process !== process) this.#complain(`${process.name} writes what was not asked of it`);
      else calls.push(call);
    };
    for (const item of written) take(this.#calls[Number(item[NUMBER_ATTRIBUTE]?.N) - 1]);
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
  committed(command: SdkCommand): void {
    for (const call of this.#carriedOutBy.get(identityOf(command)) ?? []) {
      call.commits++;
      if (call.commits > 1 && !call.mayRepeat) this.#complain(`${callInWords(call)} took effect ${call.commits} times`);
      if (call.mayRepeat) continue; // a plain write that was sent twice may arrive late
      if (call.outcome === "refused") this.#complain(`${callInWords(call)} was refused, and took effect later`);
      if (call.outcome === "unknown") continue; // aborted in flight: it may arrive at any time
      const others = this.#of(call.process, call.namespace, call.name);
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

  #deleteOf(process: Process, key: Item): Call | undefined {
    const address = defaultOf(key);
    const calls = address === undefined ? [] : this.#of(process, address.namespace, address.name);
    const deletes = calls.filter(({ kind, commits }) => kind === "delete" && commits === 0);
    return (
      deletes.find(({ outcome }) => outcome === "pending") ?? deletes.findLast(({ outcome }) => outcome === "unknown")
    );
  }

  #of(process: Process, namespace: string | undefined, name: string): Call[] {
    const key = `${process.name} ${qualify(namespace, name)}`;
    const calls = this.#byName.get(key) ?? [];
    this.#byName.set(key, calls);
    return calls;
  }
}

/** The limit that a set or an update writes, for its number. */
const NUMBER_ATTRIBUTE = "l_rpm_cp";

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
export function callInWords({ id, kind, namespace, name }: Call): string {
  return `${kind} ${qualify(namespace, name)} (call ${id})`;
}
