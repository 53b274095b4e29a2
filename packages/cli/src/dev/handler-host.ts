import { type FSWatcher, watch } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { EngineClientConfig } from "@rollcall/local";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import type { Io } from "../terminal/io.ts";

/** What a handler's thread starts with. */
export interface HandlerSetup {
  tableName: string;
  clientConfig: EngineClientConfig;
}

/** An invocation, on its way to the thread. */
export interface ToHandler {
  id: number;
  event: DynamoDBStreamEvent;
  remainingMs: number;
}

/** What the thread says. */
export type FromHandler =
  | { kind: "loaded" }
  | { kind: "answer"; id: number; answer: DynamoDBBatchResponse }
  | { kind: "reconciled"; namespace: string | undefined; added: string[]; removed: string[]; dropped: string[] }
  | { kind: "problem"; message: string };

/** What a host tells of besides answers. */
export interface HandlerListeners {
  onReconciled(report: Omit<Extract<FromHandler, { kind: "reconciled" }>, "kind">): void;
  onReload(): void;
  onProblem(message: string): void;
}

/** Editors write a file in several steps; a reload waits until they are done. */
const SETTLE_MS = 100;

/** Packages whose code the handler consists of. */
const WATCHED = ["@rollcall/maintainer", "@rollcall/registry"];

/** Runs the maintainer's handler in a thread, and in a new one whenever its code changes. */
export class HandlerHost implements AsyncDisposable {
  readonly #setup: HandlerSetup;
  readonly #listeners: HandlerListeners;
  readonly #clock: Io["clock"];
  readonly #waiting = new Map<number, PromiseWithResolvers<DynamoDBBatchResponse>>();
  readonly #watchers: FSWatcher[] = [];
  #thread: Worker | undefined;
  #next = 0;
  #settling: AbortController | undefined;

  private constructor(setup: HandlerSetup, listeners: HandlerListeners, clock: Io["clock"]) {
    this.#setup = setup;
    this.#listeners = listeners;
    this.#clock = clock;
  }

  /** Loads the handler and begins to watch its code. */
  static async start(setup: HandlerSetup, listeners: HandlerListeners, clock: Io["clock"]): Promise<HandlerHost> {
    const host = new HandlerHost(setup, listeners, clock);
    host.#thread = await host.#load();
    for (const name of WATCHED) {
      const folder = path.dirname(fileURLToPath(import.meta.resolve(name)));
      host.#watchers.push(watch(folder, { recursive: true }, () => host.#changed()));
    }
    return host;
  }

  /** Invokes the handler that is loaded now. Rejects if its thread ends before it has answered. */
  invoke(event: DynamoDBStreamEvent, remainingMs: number): Promise<DynamoDBBatchResponse> {
    const answer = Promise.withResolvers<DynamoDBBatchResponse>();
    const id = this.#next++;
    this.#waiting.set(id, answer);
    this.#thread?.postMessage({ id, event, remainingMs } satisfies ToHandler);
    return answer.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watcher of this.#watchers) watcher.close();
    this.#settling?.abort();
    await this.#thread?.terminate();
    this.#failWaiting(new Error("the local loop has ended"));
  }

  /** Starts a thread and waits until its code is loaded. */
  #load(): Promise<Worker> {
    // The build turns imports of .ts into .js; this file's own name tells which of them it is.
    const worker = new Worker(new URL(`./handler-worker${path.extname(import.meta.url)}`, import.meta.url), {
      workerData: this.#setup,
    });
    const loaded = Promise.withResolvers<Worker>();
    worker.on("message", (message: FromHandler) => {
      if (message.kind === "loaded") loaded.resolve(worker);
      else this.#hear(message);
    });
    worker.on("error", (error: Error) => {
      loaded.reject(error);
      if (worker === this.#thread) this.#failWaiting(error);
    });
    return loaded.promise;
  }

  #hear(message: Exclude<FromHandler, { kind: "loaded" }>): void {
    if (message.kind === "problem") this.#listeners.onProblem(message.message);
    if (message.kind === "reconciled") this.#listeners.onReconciled(message);
    if (message.kind !== "answer") return;
    this.#waiting.get(message.id)?.resolve(message.answer);
    this.#waiting.delete(message.id);
  }

  #failWaiting(error: Error): void {
    for (const answer of this.#waiting.values()) answer.reject(error);
    this.#waiting.clear();
  }

  #changed(): void {
    this.#settling?.abort();
    this.#settling = new AbortController();
    this.#clock.sleep(SETTLE_MS, this.#settling.signal).then(
      () => this.#reload(),
      () => {}, // another change came, or the loop has ended
    );
  }

  /** Takes the new code into use, or keeps the old as long as the new does not load. */
  async #reload(): Promise<void> {
    try {
      const [old, thread] = [this.#thread, await this.#load()];
      this.#thread = thread;
      this.#failWaiting(new Error("the handler was replaced while it ran"));
      await old?.terminate();
      this.#listeners.onReload();
    } catch (error) {
      this.#listeners.onProblem(`the changed handler does not load, the old one stays: ${(error as Error).message}`);
    }
  }
}
