import { randomUUID } from "node:crypto";
import { type DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { withOwnSignal } from "./abort.ts";
import { assertAnswered } from "./answer.ts";
import { type Attempts, leavesDoubt, watchAttempts } from "./attempts.ts";
import { Backoff, type RetryPolicy, retryRefused } from "./backoff.ts";
import { REQUEST_LIFETIME_MS, TOKEN_LIFETIME_MS } from "./constants.ts";
import { FIRST_FORM, type MemberSet, type MemberWrite, memberTransaction, type SetForm } from "./member-set.ts";
import { diagnose } from "./refusal.ts";
import { type FoundSet, measureSet } from "./room.ts";
import { type NextFlight, transition } from "./transitions.ts";
import { type Committed, type Entry, WaitingList } from "./waiting-list.ts";

/** One logical transaction: the token stays the same for as long as the entries and the form do. */
interface Flight {
  readonly entries: readonly [Entry, ...Entry[]];
  readonly form: SetForm;
  readonly token: string;
  readonly backoff: Backoff;
  /** The refusal after which it waits, if it is to wait. */
  readonly waitsAfter?: { cause: unknown } | undefined;
  /** Until when an attempt that was never answered may still arrive, by the clock. */
  readonly doubtUntil?: number | undefined;
}

/**
 * Writes members' items together with their set, many callers to a transaction.
 *
 * A write that finds no transaction in flight starts one at the end of the current turn of the event loop. Writes that
 * arrive during one wait and are joined into the next: all that add, or all that remove, up to 99 actions and 4 MB, in
 * the order of their arrival, each as if it were alone:
 *
 *     waiting ──take──▶ in flight ──committed──────▶ resolved
 *                        │  ▲  ├─ failed ──────────▶ all rejected, with the SDK's own error
 *                        │  │  ├─ set malformed ───▶ all rejected
 *                        │  │  ├─ members ─────────▶ refused ones rejected; busy ones wait apart; the others immediately
 *                        │  │  ├─ invalid ─────────▶ each half by itself, until the one at fault is alone
 *                        │  │  ├─ set full ────────▶ those without room rejected, the others immediately; all wait where
 *                        │  │  │                     there is room again; a removal leaves the attributes incomplete
 *                        │  │  └─ set existence ───▶ the other form of a removal; additions to a set that must exist all rejected
 *                        └──┘ set contended: the same request, after a delay
 *
 * A refusal answers one attempt. Where the SDK sent another before it, whose answer was lost, that one may still take
 * effect: until it cannot arrive any more, the same request is all that is sent, after any refusal. An exception are
 * writes that write nothing but their names and check the rest: they are right whenever they arrive.
 *
 * `transition` decides all of this; here it is carried out. Two writes of one member must not be submitted at the same
 * time; {@link KeyedOrder} prevents that.
 */
export class GroupCommit {
  readonly #client: Pick<DynamoDBClient, "send">;
  readonly #set: MemberSet;
  readonly #retry: RetryPolicy;
  readonly #waiting: WaitingList;
  #isPumping = false;

  constructor(client: Pick<DynamoDBClient, "send">, set: MemberSet, retry: RetryPolicy) {
    this.#client = client;
    this.#set = set;
    this.#waiting = new WaitingList(set);
    this.#retry = retry;
  }

  /**
   * Resolves when the write is committed; rejects when it is known not to be, or cannot be known.
   *
   * @throws MemberRefusedError when the write's own action was refused permanently
   * @throws RegistryFullError, ContentionError, MalformedItemError, or the SDK's own error
   */
  submit(write: MemberWrite, signal?: AbortSignal): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, signal, resolve, reject });
      if (this.#isPumping) return;
      this.#isPumping = true;
      queueMicrotask(() => void this.#pump());
    });
  }

  async #pump(): Promise<void> {
    for (let entries = this.#waiting.take(); entries !== undefined; entries = this.#waiting.take()) {
      await this.#run({ entries, form: FIRST_FORM, token: randomUUID(), backoff: new Backoff(this.#retry) });
    }
    this.#isPumping = false;
  }

  /** Sees a flight and those that follow it through to the outcome of every entry, except for those apart. Never rejects. */
  async #run(first: Flight): Promise<void> {
    const flights = [first];
    for (let flight = flights.shift(); flight !== undefined; flight = flights.shift()) {
      flights.unshift(...(await this.#fly(flight)));
    }
  }

  /** Sends a flight once, after its wait, and tells those that have their outcome. Returns the flights that follow. */
  async #fly(flight: Flight): Promise<Flight[]> {
    const { backoff, waitsAfter } = flight;
    try {
      if (waitsAfter !== undefined) {
        const outcome = this.#isInDoubt(flight) ? "unknown" : "not-written";
        await withOwnSignal(signalsOf(flight), (signal) => backoff.wait(waitsAfter.cause, signal, outcome));
      }
      const wanted = this.#withoutAborted(flight);
      if (wanted === undefined) return [];
      return await withOwnSignal(signalsOf(wanted), (signal) => this.#attempt(wanted, signal));
    } catch (error) {
      for (const { signal, reject } of flight.entries) reject(signal?.aborted ? signal.reason : error);
      return [];
    }
  }

  async #attempt(flight: Flight, signal: AbortSignal | undefined): Promise<Flight[]> {
    const { entries, form, token } = flight;
    const writes = entries.map(({ write }) => write) as [MemberWrite, ...MemberWrite[]];
    const command = new TransactWriteItemsCommand(memberTransaction(this.#set, writes, form, token));
    const attempts = watchAttempts(command);
    const sentAt = this.#retry.clock.now();
    try {
      assertAnswered(await this.#client.send(command, signal ? { abortSignal: signal } : {}));
    } catch (error) {
      const tookMs = this.#retry.clock.now() - sentAt;
      return this.#afterRefusal(this.#withDoubt(flight, error, attempts, tookMs), error, signal);
    }
    for (const entry of entries) entry.resolve({ setExists: form.assumesSet });
    return [];
  }

  /** Carries out what the refusal of a flight leads to. */
  async #afterRefusal(flight: Flight, cause: unknown, signal: AbortSignal | undefined): Promise<Flight[]> {
    const { entries, form } = flight;
    const actionCounts = entries.map(({ write }) => write.actions.length);
    const refusal = diagnose(cause, actionCounts);
    const isInDoubt = this.#isInDoubt(flight);
    const isToMeasure = refusal.kind === "set-full" && entries[0].write.change === "add" && !isInDoubt;
    const found = isToMeasure ? await this.#measure(signal) : undefined;
    const outcome = transition({ entries, form, isInDoubt }, refusal, { set: this.#set, found, cause });
    for (const { entry, error } of outcome.rejections) entry.reject(error);
    const next = outcome.next.map((each) => ({ wait: each.wait, flight: this.#following(flight, each, cause) }));
    for (const { wait, flight } of next) if (wait === "apart") void this.#run(flight);
    return next.filter(({ wait }) => wait !== "apart").map(({ flight }) => flight);
  }

  #following(flight: Flight, { entries, form, token, backoff, wait }: NextFlight, cause: unknown): Flight {
    return {
      entries,
      form,
      token: token === "same" ? flight.token : randomUUID(),
      backoff: backoff === "same" ? flight.backoff : new Backoff(this.#retry),
      waitsAfter: wait === "none" ? undefined : { cause },
      doubtUntil: token === "same" ? flight.doubtUntil : undefined,
    };
  }

  /**
   * Takes out the writes whose callers have aborted; what is left is another transaction. In doubt they stay in, as long
   * as any caller waits.
   */
  #withoutAborted(flight: Flight): Flight | undefined {
    const wanted = flight.entries.filter(({ signal }) => !signal?.aborted);
    const [first, ...others] = wanted;
    if (wanted.length === flight.entries.length || (first && this.#isInDoubt(flight))) return flight;
    for (const { signal, reject } of flight.entries) if (signal?.aborted) reject(signal.reason);
    return first && { ...flight, entries: [first, ...others], token: randomUUID() };
  }

  /**
   * Notes that an attempt before the one that was refused may still arrive.
   *
   * @throws the refusal, where DynamoDB may have forgotten the token since an earlier attempt took effect: the same
   *   request would then take effect a second time
   */
  #withDoubt(flight: Flight, error: unknown, attempts: Attempts, tookMs: number): Flight {
    const doubtUntil = this.#retry.clock.now() + REQUEST_LIFETIME_MS;
    const updated = leavesDoubt(error, attempts) ? { ...flight, doubtUntil } : flight;
    if (updated.doubtUntil !== undefined && tookMs >= TOKEN_LIFETIME_MS) throw error;
    return updated;
  }

  #isInDoubt({ entries, doubtUntil }: Flight): boolean {
    if (doubtUntil === undefined || this.#retry.clock.now() >= doubtUntil) return false;
    return entries.some(({ write }) => write.actions.some(({ ConditionCheck }) => ConditionCheck === undefined));
  }

  /** Looks at the set's item that is said to be full. */
  async #measure(signal: AbortSignal | undefined): Promise<FoundSet> {
    const { tableName, key } = this.#set;
    const get = new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true });
    const read = () => this.#client.send(get, signal ? { abortSignal: signal } : {});
    const { Item } = assertAnswered(await retryRefused(this.#retry, read, signal));
    return measureSet(this.#set, Item);
  }
}

function signalsOf({ entries }: Flight): (AbortSignal | undefined)[] {
  return entries.map(({ signal }) => signal);
}
