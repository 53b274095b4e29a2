/** What may befall requests and answers. Shares are of all attempts, from 0 to 1; times are in milliseconds. */
export interface NetworkConditions {
  /** The longest a request or an answer usually travels. */
  readonly latencyMs: number;
  /** Requests that are held up, and for how long at most: so one writer comes between two calls of another. */
  readonly stalled: number;
  readonly stallMs: number;
  /** Requests that never arrive. */
  readonly lost: number;
  /** Requests that are carried out, and whose answer never arrives. */
  readonly unanswered: number;
  /** The same for conditional writes of one item, which have no token to be known by. */
  readonly unansweredPuts: number;
  /** Requests that DynamoDB refuses for want of throughput. */
  readonly throttled: number;
  /** How long a transaction holds its items at most, between its check and its commit. */
  readonly transactionMs: number;
  /** Writes that an eventually consistent read may not know of yet, at most. */
  readonly staleWrites: number;
}

/** Once writing has stopped nothing fails any more: what is left to be repaired can be repaired. */
export const CALM: NetworkConditions = {
  latencyMs: 5,
  stalled: 0,
  stallMs: 0,
  lost: 0,
  unanswered: 0,
  unansweredPuts: 0,
  throttled: 0,
  transactionMs: 2,
  staleWrites: 0,
};

/** What a storm makes worse. Requests are held up for longer than the SDK waits. */
export const STORM: Partial<NetworkConditions> = {
  lost: 0.2,
  unanswered: 0.2,
  unansweredPuts: 0.4,
  throttled: 0.3,
  stalled: 0.3,
  stallMs: 5_000,
};
