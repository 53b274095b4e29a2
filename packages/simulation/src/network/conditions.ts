/** What may befall requests on their way. Shares are of all requests, from 0 to 1. */
export interface NetworkConditions {
  /** The longest a request or its answer usually travels, in milliseconds. */
  latencyMs: number;
  /** Requests that are held up on their way, and for how long at most: this is how one writer gets between two calls of another. */
  stalled: number;
  stallMs: number;
  /** Requests that never arrive. */
  lost: number;
  /** Requests that are carried out, and whose answer never arrives. */
  unanswered: number;
  /** Requests that DynamoDB refuses for want of throughput. */
  throttled: number;
  /** Milliseconds a transaction holds its items at most, between its check and its commit. */
  transactionMs: number;
  /** Writes that an eventually consistent read may not know of yet, at most. */
  staleWrites: number;
}

/** Once writing has stopped, nothing goes wrong any more: what is left to be done can be done. */
export const CALM: NetworkConditions = {
  latencyMs: 5,
  stalled: 0,
  stallMs: 0,
  lost: 0,
  unanswered: 0,
  throttled: 0,
  transactionMs: 2,
  staleWrites: 0,
};
