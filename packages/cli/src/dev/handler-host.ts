import { type FSWatcher, watch } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import { describeLoadError } from "./describe-load-error.ts";
import type { Tell } from "./dev-event.ts";
import type { HandlerSetup } from "./handler-messages.ts";
import { HandlerThread } from "./handler-thread.ts";

/** Where the handler's code is. */
export interface HandlerSource {
  /** The file that its thread runs. */
  module: string;
  /** Folders whose files it consists of. */
  folders: readonly string[];
}

/** Editors write a file in several steps, in milliseconds; a reload waits until they are done. */
const QUIET_MS = 100;

/**
 * Runs the maintainer's handler in a thread, and in a new one whenever its code changes or its thread has ended.
 *
 * One reload runs at a time: what changes meanwhile ends the loading and begins it once more, so the last save is the one
 * in use. Code that does not load leaves the old in use.
 */
export class HandlerHost implements AsyncDisposable {
  readonly #start: () => HandlerThread;
  readonly #tell: Tell;
  readonly #clock: Io["clock"];
  readonly #stop = new AbortController();
  readonly #watchers: FSWatcher[] = [];
  /** The thread that is invoked. */
  #thread: HandlerThread;
  /** Aborts when the code changes once more; set while a reload runs. */
  #changed: AbortController | undefined;

  private constructor(start: () => HandlerThread, tell: Tell, clock: Io["clock"]) {
    this.#start = start;
    this.#tell = tell;
    this.#clock = clock;
    this.#thread = start();
  }

  /**
   * Loads the handler and begins to watch its code.
   *
   * @param tell hears what the handler finds and does, reloads and problems
   * @throws CommandError when it does not load
   */
  static async start(
    setup: HandlerSetup,
    tell: Tell,
    clock: Io["clock"],
    source: HandlerSource = maintainerSource(),
  ): Promise<HandlerHost> {
    const host = new HandlerHost(() => new HandlerThread(source.module, setup, tell), tell, clock);
    try {
      await host.#thread.loaded;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw new CommandError(`The handler does not load: ${describeLoadError(error)}`, { cause: error });
    }
    for (const folder of source.folders) host.#watch(folder);
    return host;
  }

  /**
   * Invokes the handler that is loaded now, in a new thread where the last one has ended. Rejects with the reason if its
   * thread ends before it has answered.
   */
  async invoke(event: DynamoDBStreamEvent, remainingMs: number): Promise<DynamoDBBatchResponse> {
    this.#stop.signal.throwIfAborted();
    if (this.#thread.hasEnded) this.#thread = this.#start();
    const thread = this.#thread;
    const answered = new AbortController();
    this.#clock.sleep(remainingMs, answered.signal).then(
      () =>
        thread.end(new Error(`the handler did not answer within ${Math.round(remainingMs)} ms; its thread was ended`)),
      () => {}, // it has answered, or ended
    );
    try {
      await thread.loaded;
      return await thread.invoke(event, remainingMs);
    } finally {
      answered.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new Error("the local loop has ended");
    this.#stop.abort(reason);
    for (const watcher of this.#watchers) watcher.close();
    this.#changed?.abort(reason); // ends what loads
    await this.#thread.end(reason);
  }

  #problem(message: string): void {
    this.#tell({ event: "problem", message });
  }

  #watch(folder: string): void {
    const notWatched = ({ message }: Error) => this.#problem(`changes in ${folder} are not noticed: ${message}`);
    try {
      const watcher = watch(folder, { recursive: true }, () => this.#noteChange());
      watcher.on("error", notWatched);
      this.#watchers.push(watcher);
    } catch (error) {
      notWatched(error as Error); // the system may have no watches left; all else works
    }
  }

  #noteChange(): void {
    if (this.#stop.signal.aborted) return;
    const isReloading = this.#changed !== undefined;
    this.#changed?.abort(new Error("the code changed once more"));
    this.#changed = new AbortController();
    if (!isReloading) void this.#reloadUntilQuiet();
  }

  /** Takes the newest code into use. */
  async #reloadUntilQuiet(): Promise<void> {
    for (let change = this.#changed; change !== undefined; ) {
      await this.#reload(change.signal);
      if (change === this.#changed || this.#stop.signal.aborted) this.#changed = undefined;
      change = this.#changed;
    }
  }

  /** Takes the code of one change into use, or keeps the old one where that does not load, or is no longer the newest. */
  async #reload(signal: AbortSignal): Promise<void> {
    let endLoading = () => {};
    try {
      await this.#clock.sleep(QUIET_MS, signal);
      const thread = this.#start();
      endLoading = () => void thread.end(signal.reason);
      signal.addEventListener("abort", endLoading);
      await thread.loaded;
      signal.throwIfAborted();
      const old = this.#thread;
      this.#thread = thread;
      void old.end(new Error("the handler was replaced while it ran")); // one that hangs holds up no other
      this.#tell({ event: "reload" });
    } catch (error) {
      if (signal.aborted) return; // by a newer change, or the end of the loop
      this.#problem(`the changed handler does not load, the old one stays: ${describeLoadError(error)}`);
    } finally {
      signal.removeEventListener("abort", endLoading);
    }
  }
}

/** The maintainer, as it is installed here. */
function maintainerSource(): HandlerSource {
  const folderOf = (name: string) => path.dirname(fileURLToPath(import.meta.resolve(name)));
  // The build turns imports of .ts into .js; this file's own name tells which of them it is.
  const module = path.join(import.meta.dirname, `handler-worker${path.extname(import.meta.filename)}`);
  return { module, folders: [folderOf("@rollcall/maintainer"), folderOf("@rollcall/registry")] };
}
