import path from "node:path";
import { Worker } from "node:worker_threads";
import type { FromGuard, ToGuard } from "./guard-thread.ts";

/** The guard before an engine, as {@link createRequestGuard} describes it, in a thread of its own. */
export class Guard {
  /** Resolves with the reason when the thread ends. Never rejects. */
  readonly ended: Promise<Error>;
  readonly #thread: Worker;

  constructor() {
    // The build turns imports of .ts into .js; this file's own name tells which of them it is.
    const entry = new URL(`./guard-thread${path.extname(import.meta.url)}`, import.meta.url);
    this.#thread = new Worker(entry, { env: {}, execArgv: [] });
    this.ended = new Promise((resolve) => {
      this.#thread.once("error", (error) => resolve(error as Error));
      this.#thread.once("exit", () => resolve(new Error("The guard's thread has ended")));
    });
  }

  /**
   * Listens, and passes on to the engine.
   *
   * @param port the port to listen on, 0 for a free one
   * @returns the port
   * @throws an error with Node's `code`, such as EADDRINUSE
   */
  async listen(port: number, enginePort: number): Promise<number> {
    const answer = new Promise<FromGuard>((resolve) => this.#thread.once("message", resolve));
    this.#tell({ kind: "listen", port, enginePort });
    const outcome = await Promise.race([answer, this.ended]);
    if (outcome instanceof Error) throw outcome;
    if (outcome.kind === "listening") return outcome.port;
    throw Object.assign(new Error(outcome.message), { code: outcome.code });
  }

  /** Lets what is in flight complete, and takes nothing more. */
  drain(): void {
    this.#tell({ kind: "drain" });
  }

  /** Ends the thread, and with it every connection. */
  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #tell(message: ToGuard): void {
    this.#thread.postMessage(message);
  }
}
