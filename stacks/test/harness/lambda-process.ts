import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** A function to run. */
export interface LambdaFunction {
  /** The module with the handler. */
  file: string;
  /** Name of the handler among the module's exports. */
  exportName: string;
  /** The function's environment; nothing of this process's own gets in. */
  environment: Record<string, string>;
  timeoutSeconds: number;
}

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

/** A function in a process of its own, as in Lambda. */
export class LambdaProcess implements AsyncDisposable {
  /** Milliseconds from the start of the process until the handler was loaded. */
  readonly startUpMs: number;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #output: string[];
  #invocations = 0;

  private constructor(process: ChildProcess, startUpMs: number, output: string[]) {
    this.#process = process;
    this.startUpMs = startUpMs;
    this.#output = output;
    process.on("message", ({ id, result, error }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
  }

  static async start({ file, exportName, environment, timeoutSeconds }: LambdaFunction): Promise<LambdaProcess> {
    const runtime = path.join(import.meta.dirname, "lambda-runtime.mjs");
    const child = fork(runtime, [file, exportName, String(timeoutSeconds * 1_000)], {
      execArgv: [],
      env: environment,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => output.push(String(chunk)));
    const exited = once(child, "exit").then(() => {
      throw new Error(`the function did not start:\n${output.join("")}`);
    });
    const [{ startUpMs }] = (await Promise.race([once(child, "message"), exited])) as [{ startUpMs: number }];
    exited.catch(() => {}); // it has started
    return new LambdaProcess(child, startUpMs, output);
  }

  invoke(event: unknown): Promise<unknown> {
    const id = this.#invocations++;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#process.send({ id, event });
    return waiting.promise;
  }

  /** The JSON lines that the function has logged. */
  logged(): Record<string, unknown>[] {
    const lines = this.#output.join("").split("\n");
    return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill();
    await exited;
  }
}
