import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Moment } from "./chances.ts";

/** A process, its input closed, its output read here. */
export type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Starts a program of these tests, which finds its setup in its first argument. */
export function spawnProgram(module: URL, setup: object): Child {
  const args = ["--conditions=@rollcall/source", fileURLToPath(module), JSON.stringify(setup)];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
}

/** A process that writes one JSON object a line, and what it has written so far. */
export class Program<Line extends object> implements AsyncDisposable {
  readonly lines: Line[] = [];
  readonly #child: Child;
  readonly #closed: Promise<unknown>;
  #errors = "";
  #news = Promise.withResolvers<void>();
  #hasEnded = false;

  constructor(child: Child, onLine: (line: Line) => void = () => {}) {
    this.#child = child;
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? ""; // a line that was cut off in the middle was not written
      for (const line of lines) {
        this.lines.push(JSON.parse(line));
        onLine(this.lines.at(-1) as Line);
      }
      this.#tell();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    this.#closed = once(child, "close").then(() => {
      this.#hasEnded = true;
      this.#tell();
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it has ended, and everything it wrote has been read. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Resolves when the condition holds, which is looked at after every line. Rejects if the process ends before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#hasEnded) throw new Error(`It ended with ${this.#child.exitCode}: ${this.#errors}`);
      await this.#news.promise;
    }
  }

  /** Resolves so many milliseconds after so many more signs of life, which the function counts. */
  async untilMoment({ signs, ms }: Moment, count: () => number): Promise<void> {
    const enough = count() + signs;
    await this.until(() => count() >= enough);
    await setTimeout(ms);
  }

  /** SIGKILL; resolves when it has ended and everything it wrote has been read. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  /** Resolves when it has ended by itself: with what exit code, and what it wrote to its standard error. */
  async end(): Promise<{ exitCode: number | null; errors: string }> {
    await this.#closed;
    return { exitCode: this.#child.exitCode, errors: this.#errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
