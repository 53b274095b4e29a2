import type { DynamoDBStreamEvent } from "@rollcall/local";
import { createStreamHandler } from "@rollcall/maintainer";
import type { Item } from "@rollcall/memory-dynamodb";
import { withTiming } from "@rollcall/registry/internal";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import type { DynamoDBRecord } from "aws-lambda";
import { keyInWords } from "../promises/commit-in-words.ts";
import type { Process } from "../timeline/process.ts";
import type { MaintainerHost } from "./maintainer-host.ts";
import { type Region, TABLE_NAME } from "./region.ts";

/** The function's time-out, in seconds. */
export const FUNCTION_TIMEOUT_SECONDS = 30;

/** An invocation that runs: the process it runs in, and how the mapping hears of its death. */
interface RunningInvocation {
  readonly process: Process;
  readonly die: (error: Error) => void;
}

/** The stream function of one maintainer. It may die with all its invocations. */
export class StreamFunction {
  readonly #host: MaintainerHost;
  readonly #region: Region;
  readonly #name: string;
  readonly #past: DynamoDBRecord[][] = [];
  readonly #running = new Set<RunningInvocation>();
  #next = Promise.withResolvers<void>();
  #invoked = 0;

  constructor(host: MaintainerHost, region: Region, name: string) {
    this.#host = host;
    this.#region = region;
    this.#name = name;
  }

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  /** Handles a batch. Rejects if the function is killed meanwhile. */
  async invoke(event: DynamoDBStreamEvent): Promise<unknown> {
    const Records = event.Records as DynamoDBRecord[];
    this.#past.push(Records);
    const process = this.#host.processes.start("maintainer", `${this.#name}.function${++this.#invoked}`);
    this.#host.watch.history.add(() => `${process.name} gets ${Records.map(recordInWords).join(", ")}`);
    const death = Promise.withResolvers<never>();
    const invocation = { process, die: death.reject };
    this.#running.add(invocation);
    this.#next.resolve();
    this.#next = Promise.withResolvers();
    const answer = await Promise.race([this.#handle(process, Records), death.promise]);
    this.#running.delete(invocation);
    return answer;
  }

  /** Kills the function in the middle of its work. */
  crash(): void {
    this.#host.watch.history.add(() => `${this.#name}: the function is killed`);
    for (const { process, die } of this.#running) {
      process.kill();
      die(new Error("Runtime exited with error: signal: killed"));
    }
    this.#running.clear();
  }

  /** Resolves when the function gets its next batch. */
  nextInvocation(): Promise<void> {
    return this.#next.promise;
  }

  /** Delivers records of the past once more, out of their order, beside the mapping's own. */
  redeliver(): void {
    const process = this.#host.processes.start("maintainer", `${this.#name}.again${++this.#invoked}`);
    if (this.#past.length === 0) return;
    const Records = process.random.some(process.random.pick(this.#past), 0.7);
    this.#host.watch.history.add(
      () => `${process.name} gets old records again: ${Records.map(recordInWords).join(", ")}`,
    );
    void this.#handle(process, Records);
  }

  async #handle(process: Process, Records: DynamoDBRecord[]): Promise<unknown> {
    const { costs } = this.#host.watch.rules;
    const handler = createStreamHandler({
      tableName: TABLE_NAME,
      registries: this.#host.plan.setting.layout.definitions,
      client: this.#host.processes.connect(process, this.#region),
      ...withTiming({ clock: process.clock, random: process.random.next }),
      onEvent: ({ kind }) => {
        if (kind === "repair-impossible" || kind === "registry-malformed") {
          this.#host.watch.needsSweep("a name could not be repaired");
        }
      },
      ...SILENT,
    });
    const endsAt = process.clock.now() + FUNCTION_TIMEOUT_SECONDS * 1_000;
    costs.beginInvocation(process);
    const answer = await handler({ Records }, { getRemainingTimeInMillis: () => endsAt - process.clock.now() });
    costs.endInvocation(process, Records);
    return answer;
  }
}

function recordInWords({ eventName, dynamodb }: DynamoDBRecord): string {
  return `${eventName} ${keyInWords((dynamodb?.Keys ?? {}) as Item)}`;
}
