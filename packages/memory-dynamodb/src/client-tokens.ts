import { isDeepStrictEqual } from "node:util";
import { tokenMismatch, transactionInProgress } from "./errors.ts";

/** How long a token is remembered. Source: API reference of TransactWriteItems. */
const TOKEN_LIFETIME_MS = 10 * 60 * 1000;

export interface Use {
  readonly request: unknown;
  /** When the transaction was committed; undefined while it is in flight. */
  readonly committedAt: number | undefined;
}

/** Which transactions have been committed under which ClientRequestToken. */
export class ClientTokens {
  readonly #uses = new Map<string, Use>();

  /**
   * Whether the transaction has been committed before.
   *
   * @throws IdempotentParameterMismatchException when another one was
   * @throws TransactionInProgressException while it is in flight
   */
  isCommitted(token: string | undefined, request: unknown, now: number): boolean {
    const use = token === undefined ? undefined : this.#uses.get(token);
    if (use === undefined || now - (use.committedAt ?? now) > TOKEN_LIFETIME_MS) return false;
    if (!isDeepStrictEqual(use.request, request)) throw tokenMismatch();
    if (use.committedAt === undefined) throw transactionInProgress();
    return true;
  }

  begin(token: string | undefined, request: unknown): void {
    if (token !== undefined) this.#uses.set(token, { request, committedAt: undefined });
  }

  /** A cancelled transaction leaves its token unused. */
  cancel(token: string | undefined): void {
    if (token !== undefined) this.#uses.delete(token);
  }

  commit(token: string | undefined, request: unknown, now: number): void {
    for (const [old, { committedAt }] of this.#uses) {
      if (now - (committedAt ?? now) <= TOKEN_LIFETIME_MS) break;
      this.#uses.delete(old);
    }
    if (token === undefined) return;
    this.#uses.delete(token); // so that tokens stay in the order of their commits
    this.#uses.set(token, { request, committedAt: now });
  }

  /** Those that are remembered of transactions that were committed. */
  saved(now: number): (readonly [string, Use])[] {
    return [...this.#uses].filter(([, { committedAt }]) => now - (committedAt ?? -Infinity) <= TOKEN_LIFETIME_MS);
  }

  restore(uses: readonly (readonly [string, Use])[]): void {
    for (const [token, use] of uses) this.#uses.set(token, use);
  }

  /** Transactions in flight stay with the original. */
  clone(now: number): ClientTokens {
    const clone = new ClientTokens();
    clone.restore(this.saved(now));
    return clone;
  }
}
