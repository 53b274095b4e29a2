import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { nextMessage } from "../next-message.ts";
import type { WritingJob, WritingReport } from "./writing-job.ts";

/** Processes that write at the same time. They end with this one. */
export class WorkerPool implements AsyncDisposable {
  readonly #workers: readonly ChildProcess[];

  constructor(size: number) {
    const file = path.join(import.meta.dirname, "writing-worker.ts");
    this.#workers = Array.from({ length: size }, () => fork(file));
  }

  /** Gives every process its job, and waits for all of them. */
  async run(jobOf: (worker: number) => WritingJob): Promise<WritingReport[]> {
    return await Promise.all(
      this.#workers.map(async (worker, i) => {
        worker.send(jobOf(i));
        return (await nextMessage(worker)) as WritingReport;
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        if (worker.exitCode !== null) return;
        const exited = once(worker, "exit");
        worker.disconnect();
        await exited;
      }),
    );
  }
}
