import { randomUUID } from "node:crypto";
import { type DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { allAborted } from "./abort.ts";
import { Backoff, type RetryPolicy } from "./backoff.ts";
import { MAX_ITEM_BYTES, MAX_TRANSACTION_ACTIONS } from "./constants.ts";
import { MalformedItemError, RegistryFullError } from "./errors.ts";
import { itemSizeBytes } from "./item-size.ts";
import { type MemberSet, type MemberWrite, memberTransaction } from "./member-set.ts";
import { diagnose, MemberRefusedError, type Refusal } from "./refusal.ts";
import { findRoom } from "./room.ts";

/** One action of a transaction is the set's own. */
const MAX_MEMBERS = MAX_TRANSACTION_ACTIONS - 1;

/** A caller's write on its way, and how its caller hears of the outcome. */
interface Entry {
  readonly write: MemberWrite;
  readonly signal: AbortSignal | undefined;
  resolve(outcome: Committed): void;
  reject(error: unknown): void;
}

/** What a committed write found: a removal leaves a set's item absent where it was. */
export interface Committed {
  setExists: boolean;
}

/** One logical transaction: the token stays the same for as long as the entries and the form do. */
interface Flight {
  entries: [Entry, ...Entry[]];
  token: string;
  setExists: boolean;
  backoff: Backoff;
}

/**
 * Writes members' items together with their set, many callers to a transaction.
 *
 * A write that finds no transaction under way starts one at the end of the current turn of the event loop. Writes that
 * come while one is under way wait and are joined into the next: up to 99 that add, or 99 that remove, in the order
 * they came, each as if it were alone:
 *
 *     waiting ──take──▶ in flight ──committed──▶ resolved
 *                        │  ▲  ├─ refused for good ──▶ rejected, and the others go again
 *                        │  │  ├─ the set is full ──▶ those without room rejected, the others go again
 *                        │  │  └─ its own item busy ──▶ goes on by itself, and the others go again
 *                        └──┘ the set is busy: the same request, after a delay
 *
 * Two writes of one member must not be submitted at the same time; {@link KeyedOrder} sees to that.
 */
export class GroupCommit {
  readonly #client: Pick<DynamoDBClient, "send">;
  readonly #set: MemberSet;
  readonly #retry: RetryPolicy;
  #waiting: Entry[] = [];
  #pumping = false;

  constructor(client: Pick<DynamoDBClient, "send">, set: MemberSet, retry: RetryPolicy) {
    this.#client = client;
    this.#set = set;
    this.#retry = retry;
  }

  /**
   * Resolves when the write is committed; rejects when it is known not to be, or cannot be known.
   *
   * @throws MemberRefusedError when the write's own action was refused for good
   * @throws RegistryFullError, ContentionError, MalformedItemError, or the SDK's own error
   */
  submit(write: MemberWrite, signal?: AbortSignal): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, signal, resolve, reject });
      if (this.#pumping) return;
      this.#pumping = true;
      queueMicrotask(() => void this.#pump());
    });
  }

  async #pump(): Promise<void> {
    for (let entries = this.#take(); entries !== undefined; entries = this.#take()) {
      await this.#run(this.#flight(entries));
    }
    this.#pumping = false;
  }

  /** Takes the longest waiting write and those that can go with it. Rejects what was aborted while it waited. */
  #take(): [Entry, ...Entry[]] | undefined {
    const [first, ...others] = settleAborted(this.#waiting);
    this.#waiting = [];
    if (first === undefined) return undefined;
    const taken: [Entry, ...Entry[]] = [first];
    for (const entry of others) {
      const joins = taken.length < MAX_MEMBERS && entry.write.change === first.write.change;
      (joins ? taken : this.#waiting).push(entry);
    }
    return taken;
  }

  #flight(entries: [Entry, ...Entry[]], backoff = new Backoff(this.#retry)): Flight {
    return { entries, token: randomUUID(), setExists: true, backoff };
  }

  /** Sees a flight through to the outcome of every entry, except for those that go on by themselves. Never rejects. */
  async #run(start: Flight): Promise<void> {
    for (let next: Flight | undefined = start; next !== undefined; ) {
      const flight = this.#without(next, settleAborted(next.entries));
      if (flight === undefined) return;
      const abort = allAborted(flight.entries.map(({ signal }) => signal));
      try {
        next = await this.#attempt(flight, abort.signal);
      } catch (error) {
        for (const entry of flight.entries) entry.reject(error);
        return;
      } finally {
        abort.release();
      }
    }
  }

  /** Sends a flight once. Returns what is to be flown next, or `undefined` when all entries have their outcome. */
  async #attempt(flight: Flight, signal: AbortSignal | undefined): Promise<Flight | undefined> {
    const { entries, token, setExists } = flight;
    const writes = entries.map(({ write }) => write) as [MemberWrite, ...MemberWrite[]];
    try {
      await this.#client.send(
        new TransactWriteItemsCommand(memberTransaction(this.#set, writes, setExists, token)),
        signal ? { abortSignal: signal } : {},
      );
    } catch (error) {
      return this.#next(flight, diagnose(error, entries.length), error, signal);
    }
    for (const entry of entries) entry.resolve({ setExists });
    return undefined;
  }

  async #next(
    flight: Flight,
    refusal: Refusal,
    error: unknown,
    signal: AbortSignal | undefined,
  ): Promise<Flight | undefined> {
    const { entries, backoff, setExists } = flight;
    switch (refusal.kind) {
      case "set-contended":
        await backoff.wait(error, signal);
        return flight;
      case "set-existence":
        if (!setExists) await backoff.wait(error, signal); // another writer is creating and removing it as we look
        return { ...flight, setExists: !setExists, token: randomUUID() };
      case "set-full":
        return this.#without(flight, await this.#refuseForSpace(entries, error, signal));
      case "set-malformed":
        throw new MalformedItemError(
          describeKey(this.#set),
          `its attribute ${this.#set.attribute} is not a string set; remove that attribute, then fill the registry again`,
          { cause: error },
        );
      case "members":
        return this.#withoutBlamed(flight, refusal, error);
      case "invalid":
        return this.#halve(flight, error);
      case "failed":
        throw error;
    }
  }

  /** The same flight if all its entries are still in it, a new one with those that are. */
  #without(flight: Flight, rest: Entry[]): Flight | undefined {
    if (rest.length === flight.entries.length) return flight;
    return isFilled(rest) ? { ...flight, entries: rest, token: randomUUID() } : undefined;
  }

  /** Rejects entries refused for good, and sends those whose own item is busy on by themselves. */
  #withoutBlamed(
    flight: Flight,
    { refused, contended }: Extract<Refusal, { kind: "members" }>,
    error: unknown,
  ): Flight | undefined {
    for (const [i, reason] of refused) {
      const entry = flight.entries[i];
      entry?.reject(new MemberRefusedError(entry.write.member, reason, error));
    }
    const busy = flight.entries.filter((_, i) => contended.has(i));
    const others = flight.entries.filter((_, i) => !refused.has(i) && !contended.has(i));
    if (isFilled(busy)) {
      const alone = busy.length === flight.entries.length ? flight : this.#flight(busy, flight.backoff);
      void this.#runLater({ ...alone, setExists: flight.setExists }, error);
    }
    return isFilled(others) ? { ...this.#flight(others), setExists: flight.setExists } : undefined;
  }

  async #runLater(flight: Flight, cause: unknown): Promise<void> {
    const abort = allAborted(flight.entries.map(({ signal }) => signal));
    try {
      await flight.backoff.wait(cause, abort.signal);
    } catch (error) {
      for (const entry of flight.entries) entry.reject(error);
      return;
    } finally {
      abort.release();
    }
    await this.#run(flight);
  }

  /** Tries each half by itself until the one at fault is alone. */
  async #halve(flight: Flight, error: unknown): Promise<Flight | undefined> {
    const middle = Math.ceil(flight.entries.length / 2);
    const [first, second] = [flight.entries.slice(0, middle), flight.entries.slice(middle)];
    if (!isFilled(first) || !isFilled(second)) throw error;
    await this.#run({ ...flight, entries: first, token: randomUUID() });
    return { ...flight, entries: second, token: randomUUID() };
  }

  /** Rejects the entries for which a full set has no room and returns the others. */
  async #refuseForSpace(entries: readonly Entry[], cause: unknown, signal?: AbortSignal): Promise<Entry[]> {
    const { tableName, key, attribute } = this.#set;
    const { Item = {} } = await this.#client.send(
      new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
      signal ? { abortSignal: signal } : {},
    );
    const members = new Set(Item[attribute]?.SS);
    const sizeBytes = itemSizeBytes(Item);
    const names = entries.map(({ write }) => write.member);
    const { fitting, refused } = findRoom(names, members, MAX_ITEM_BYTES - sizeBytes);
    const registry = { sizeBytes, limitBytes: MAX_ITEM_BYTES, names: members.size };
    for (const i of refused) entries[i]?.reject(new RegistryFullError(registry, names[i] ?? "", { cause }));
    return fitting.flatMap((i) => entries[i] ?? []);
  }
}

/** Rejects the entries whose callers have given up, and returns the others. */
function settleAborted(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ signal, reject }) => {
    if (signal?.aborted) reject(signal.reason);
    return !signal?.aborted;
  });
}

function isFilled<T>(list: T[]): list is [T, ...T[]] {
  return list.length > 0;
}

function describeKey({ key }: MemberSet): Record<string, string> {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value.S ?? ""]));
}
