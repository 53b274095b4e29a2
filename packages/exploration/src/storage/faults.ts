import {
  type BatchGetItemCommandInput,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Request } from "./request.ts";
import type { Answer, Effect, Snapshot, Storage } from "./storage.ts";

/** One of the things that can come of a request. */
export interface Outcome {
  /** What befell it, if anything did. */
  readonly fault: string | undefined;
  readonly effect: Pick<Effect, "after" | "records" | "isCommitted">;
  /** `undefined` where the SDK sends the request again without its sender noticing. */
  readonly answer: Answer | undefined;
}

const metadata = { $metadata: {} };
const timeout = Object.assign(new Error("Connection timed out"), { name: "TimeoutError" });
const plainConflict = new TransactionConflictException({ message: "Transaction is ongoing for the item", ...metadata });

/**
 * What can befall a request besides being carried out: it or its answer is lost, a transaction meets another one on one
 * of its items, a transaction's answer is lost and the SDK sends it again, keys of a BatchGetItem are left for another
 * time.
 */
export class Faults {
  readonly #storage: Storage;
  readonly #known = new Map<Snapshot, Map<Request, readonly Outcome[]>>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  of(before: Snapshot, request: Request): readonly Outcome[] {
    const outcomes = this.#known.get(before) ?? new Map<Request, readonly Outcome[]>();
    this.#known.set(before, outcomes);
    const known = outcomes.get(request) ?? [...this.#losses(before, request), ...this.#refusals(before, request)];
    outcomes.set(request, known);
    return known;
  }

  #losses(before: Snapshot, request: Request): Outcome[] {
    const lost = this.#refused(before, "the request is lost", timeout);
    const effect = this.#storage.execute(before, request, true);
    if (!effect.isCommitted) return [lost];
    const unanswered: Outcome = { ...lost, fault: "the answer is lost", effect };
    if (request.name !== "TransactWriteItems") return [lost, unanswered];
    return [lost, unanswered, { fault: "the SDK sends it again", effect, answer: undefined }];
  }

  #refusals(before: Snapshot, { name, command }: Request): Outcome[] {
    if (name === "PutItem") return [this.#refused(before, "it meets a conflict", plainConflict)];
    if (name === "TransactWriteItems") {
      const { TransactItems = [] } = command.input as TransactWriteItemsCommandInput;
      return TransactItems.map((_, i) =>
        this.#refused(before, `action ${i + 1} meets a conflict`, conflictAt(i, TransactItems.length)),
      );
    }
    if (name !== "BatchGetItem") return [];
    const { RequestItems } = command.input as BatchGetItemCommandInput;
    const answer = this.#storage.answer({ output: { Responses: {}, UnprocessedKeys: RequestItems } });
    return [{ fault: "its keys are left for later", effect: nothingDone(before), answer }];
  }

  #refused(before: Snapshot, fault: string, error: Error): Outcome {
    return { fault, effect: nothingDone(before), answer: this.#storage.answer({ error }) };
  }
}

function nothingDone(before: Snapshot): Outcome["effect"] {
  return { after: before, records: [], isCommitted: false };
}

function conflictAt(position: number, actions: number): TransactionCanceledException {
  const CancellationReasons = Array.from({ length: actions }, (_, i) =>
    i === position ? { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" } : { Code: "None" },
  );
  return new TransactionCanceledException({ message: "Transaction cancelled", CancellationReasons, ...metadata });
}
