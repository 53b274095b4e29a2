import { Worker } from "node:worker_threads";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import type { Tell } from "./dev-event.ts";
import type { FromHandler, HandlerSetup, ToHandler } from "./handler-messages.ts";

/**
 * One thread with one version of the handler's code.
 *
 * loading → loaded → ended; or loading → ended. However it ends, every invocation in flight rejects with the reason, and
 * so does every later one.
 */
export class HandlerThread {
  /** Resolves when the code is loaded; rejects with the reason when the thread ends before. */
  readonly loaded: Promise<void>;
  readonly #worker: Worker;
  readonly #load = Promise.withResolvers<void>();
  readonly #waiting = new Map<number, PromiseWithResolvers<DynamoDBBatchResponse>>();
  #next = 0;
  #end: Error | undefined;

  /** @param module the file that the thread runs */
  constructor(module: string, setup: HandlerSetup, tell: Tell) {
    this.loaded = this.#load.promise;
    this.loaded.catch(() => {}); // heard where it is waited for
    this.#worker = new Worker(module, { workerData: setup });
    this.#worker.on("message", (message: FromHandler) => {
      if (message.kind === "loaded") this.#load.resolve();
      else if (message.kind === "answer") this.#answer(message);
      else tell(message.telling);
    });
    this.#worker.on("error", (error: Error) => this.#fail(error)); // what its code did not catch, or its memory's end
    this.#worker.on("exit", (code) => {
      this.#fail(new Error(`the handler's thread ended by itself, with exit code ${code}`));
    });
  }

  /** Whether it takes invocations no more. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Invokes the handler. Rejects with the reason when the thread ends before it has answered. */
  invoke(event: DynamoDBStreamEvent, remainingMs: number): Promise<DynamoDBBatchResponse> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const answer = Promise.withResolvers<DynamoDBBatchResponse>();
    const id = this.#next++;
    this.#waiting.set(id, answer);
    this.#worker.postMessage({ id, event, remainingMs } satisfies ToHandler);
    return answer.promise;
  }

  /** Ends the thread in the midst of its work. Afterwards it does not keep the process alive, not even where it hangs. */
  async end(reason: Error): Promise<void> {
    this.#fail(reason);
    this.#worker.unref();
    await this.#worker.terminate();
  }

  /** The first reason is the one that all hear. */
  #fail(reason: Error): void {
    this.#end ??= reason;
    this.#load.reject(this.#end);
    for (const answer of this.#waiting.values()) answer.reject(this.#end);
    this.#waiting.clear();
  }

  #answer({ id, answer }: Extract<FromHandler, { kind: "answer" }>): void {
    this.#waiting.get(id)?.resolve(answer);
    this.#waiting.delete(id);
  }
}
