import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { nextMessage } from "../next-message.ts";

/** What one invocation took, as the function itself saw it. */
export interface InvocationCost {
  readonly ms: number;
  /** Memory of the whole process after it. */
  readonly residentBytes: number;
}

/** A function in a process of its own, as in Lambda. */
export class FunctionProcess implements AsyncDisposable {
  /** Milliseconds from the start of the process until the handler was loaded. */
  readonly startUpMs: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, startUpMs: number) {
    this.#process = process;
    this.startUpMs = startUpMs;
  }

  static async start(file: string, environment: Record<string, string>): Promise<FunctionProcess> {
    const runtime = path.join(import.meta.dirname, "runtime.mjs");
    const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
    const child = fork(runtime, [file], { execArgv: [], env: environment, stdio: [...stdio] });
    const { startUpMs } = (await nextMessage(child)) as { startUpMs: number };
    return new FunctionProcess(child, startUpMs);
  }

  async invoke(event: object): Promise<InvocationCost> {
    this.#process.send(event);
    return (await nextMessage(this.#process)) as InvocationCost;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill();
    await exited;
  }
}
