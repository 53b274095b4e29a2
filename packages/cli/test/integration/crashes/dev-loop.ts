import type { EngineClientConfig, EngineName } from "@rollcall/local";
import { childrenOf, runningWith } from "@rollcall/testing/dynamodb/processes";
import { expect, vi } from "vitest";
import { spawnRollcall } from "../../fixtures/spawn-cli.ts";
import { Program } from "./program.ts";

/** One line of `rollcall dev --json`. */
interface DevLine {
  event: string;
  endpoint?: string;
}

/** `rollcall dev` with its table on disk, in processes of its own. */
export class DevLoop implements AsyncDisposable {
  readonly program: Program<DevLine>;
  readonly #folder: string;
  readonly #engine: EngineName;

  private constructor(engine: EngineName, folder: string, port: string | undefined) {
    this.#engine = engine;
    this.#folder = folder;
    const where = ["--db-path", folder, ...(port === undefined ? [] : ["--port", port])];
    this.program = new Program(spawnRollcall(["dev", "--json", "--engine", engine, ...where]));
  }

  /** Starts it on what is in the folder, and waits until it is ready. */
  static async start(engine: EngineName, folder: string, port?: string): Promise<DevLoop> {
    const loop = new DevLoop(engine, folder, port);
    await loop.program.until(() => loop.program.lines.length > 0);
    return loop;
  }

  get #endpoint(): string {
    return this.program.lines[0]?.endpoint ?? "";
  }

  get #port(): string {
    return new URL(this.#endpoint).port;
  }

  get clientConfig(): EngineClientConfig {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    return { endpoint: this.#endpoint, region: "us-east-1", credentials };
  }

  /** How many batches the maintainer has been invoked with. */
  readonly batches = (): number => this.program.lines.filter(({ event }) => event === "batch").length;

  /** SIGKILL to the engine alone, the one child of the loop; its guard and the loop stay. */
  killEngine(): void {
    const [engine] = childrenOf(this.program.pid ?? 0);
    if (engine === undefined) throw new Error("The loop has no engine.");
    process.kill(engine, "SIGKILL");
  }

  /** Starts it again at the same place, once it has ended. */
  async startAgain(): Promise<DevLoop> {
    await this.#untilGone();
    return await DevLoop.start(this.#engine, this.#folder, this.#port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program.kill();
    await this.#untilGone();
  }

  /** Resolves when no process of an ended loop is left; its engine's guard may take a moment. */
  async #untilGone(): Promise<void> {
    await vi.waitFor(() => expect(runningWith(this.#folder), "processes left behind").toEqual([]), 10_000);
  }
}
