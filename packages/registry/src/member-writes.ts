import assert from "node:assert/strict";
import { type DynamoDBClient, PutItemCommand, type PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import { ConditionFailedError, MemberNotFoundError } from "./actions/errors.ts";
import { shardOf } from "./definition/shards.ts";
import { untilAborted, withOwnSignal } from "./protocol/abort.ts";
import { assertAnswered } from "./protocol/answer.ts";
import { leavesDoubt } from "./protocol/attempts.ts";
import { type RetryPolicy, retryRefused } from "./protocol/backoff.ts";
import type { WriteOutcome } from "./protocol/errors.ts";
import { GroupCommit } from "./protocol/group-commit.ts";
import { KeyedOrder } from "./protocol/keyed-order.ts";
import type { MemberSet, MemberWrite } from "./protocol/member-set.ts";
import { isConditionFailure, MemberRefusedError } from "./protocol/refusal.ts";

/**
 * The writes of a registry: those of one member take effect in the order of their calls, those of different members
 * side by side, and what changes membership is joined with other writes of its shard.
 */
export class MemberWrites {
  readonly #client: Pick<DynamoDBClient, "send">;
  readonly #retry: RetryPolicy;
  readonly #commits: readonly GroupCommit[];
  readonly #order = new KeyedOrder();

  /** @param sets those of the registry's shards, in order */
  constructor(client: Pick<DynamoDBClient, "send">, sets: readonly MemberSet[], retry: RetryPolicy) {
    this.#client = client;
    this.#retry = retry;
    this.#commits = sets.map((set) => new GroupCommit(client, set, retry));
  }

  /**
   * Writes a member's items together with its name.
   *
   * @throws ConditionFailedError for a condition of the write's own, or what {@link GroupCommit} rejects with
   */
  commit(write: MemberWrite, signal: AbortSignal | undefined): Promise<void> {
    const commits = this.#commits[shardOf(write.member, this.#commits.length)];
    assert(commits, "every member has a shard");
    // A chain, and no function that awaits: very many calls may wait here, and each would keep a frame.
    const submit = () => commits.submit(write, signal);
    return this.#inTurn(write.member, signal, submit).then(ignore, (error) => explainRefusal(write.member, error));
  }

  /**
   * Puts a member's item where there is one.
   *
   * @throws MemberNotFoundError, ContentionError, or the SDK's own error
   */
  replace(member: string, input: PutItemCommandInput, signal: AbortSignal | undefined): Promise<void> {
    const put = new PutItemCommand(input);
    const send = async (earlier: WriteOutcome, own: AbortSignal | undefined): Promise<void> => {
      try {
        assertAnswered(await this.#client.send(put, own ? { abortSignal: own } : {}));
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
        throw new MemberNotFoundError(member, { cause: error, outcome: leavesDoubt(error) ? "unknown" : earlier });
      }
    };
    return this.#inTurn(member, signal, () =>
      withOwnSignal([signal], (own) => retryRefused(this.#retry, (earlier) => send(earlier, own), own)),
    );
  }

  /** Resolves when every write has ended. */
  idle(): Promise<void> {
    return this.#order.idle();
  }

  /** An abort is heard immediately, but keeps its place in the order. */
  #inTurn<T>(member: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const done = this.#order.run(member, () => (signal?.aborted ? Promise.reject(signal.reason) : work()));
    return untilAborted(done, signal);
  }
}

function ignore(): void {}

/** What DynamoDB refused for a member alone, in the caller's terms. */
function explainRefusal(member: string, error: unknown): never {
  if (!(error instanceof MemberRefusedError)) throw error;
  const { index, reason, cause } = error;
  if (reason.Code !== "ConditionalCheckFailed") throw cause;
  throw new ConditionFailedError(member, index, reason.Item, { cause, outcome: error.outcome });
}
