import {
  type CheckpointStore,
  type EventSourceMapping,
  MemoryCheckpointStore,
  type StreamSource,
  startEventSourceMapping,
} from "@rollcall/local";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import type { SteppedClock } from "@rollcall/testing/dynamodb/stepped-clock";
import fc from "fast-check";
import { expect, test } from "vitest";
import { World } from "./world.ts";

/** A process: from the moment it is killed nothing it has asked for is answered, and nothing it asks for happens. */
class Process {
  #stepsLeft = Number.POSITIVE_INFINITY;

  get isDead(): boolean {
    return this.#stepsLeft <= 0;
  }

  killAfter(steps: number): void {
    this.#stepsLeft = steps;
  }

  /** The same object, as seen from this process: each call is a step, and so is each answer. */
  owns<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const member = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (name === "now" || name === "monotonicNow") return member.apply(target, args);
          return this.step(async () => await member.apply(target, args));
        };
      },
    });
  }

  async step<R>(work: () => Promise<R>): Promise<R> {
    if (this.#stepsLeft-- <= 0) return await new Promise<never>(() => {});
    const result = await work();
    if (this.#stepsLeft-- <= 0) return await new Promise<never>(() => {});
    return result;
  }
}

type Action =
  | { readonly do: "put"; readonly item: string }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "roll"; readonly children: number }
  | { readonly do: "stop" }
  | { readonly do: "kill"; readonly steps: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("put" as const), item: fc.constantFrom("a", "b", "c", "d", "e", "f") }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("advance" as const), ms: fc.nat(3000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("roll" as const), children: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stop" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("kill" as const), steps: fc.nat(40) }) },
);

const settings = fc.record({
  startingPosition: fc.constantFrom("LATEST" as const, "TRIM_HORIZON" as const),
  batchSize: fc.integer({ min: 1, max: 4 }),
  parallelizationFactor: fc.integer({ min: 1, max: 3 }),
  maximumBatchingWindowInSeconds: fc.constantFrom(0, 1),
  bisectBatchOnFunctionError: fc.boolean(),
});

/** How an invocation goes: how long it takes, and what share of the batch is done. */
const course = fc.record({
  takesMs: fc.constantFrom(0, 0, 50, 400),
  share: fc.constantFrom(1, 1, 0.5, 0, "throws" as const),
});

type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;
type Course = typeof course extends fc.Arbitrary<infer T> ? T : never;

/** Lives of a mapping, one process after the other, on one stream and one store. */
class Lives {
  readonly world = new World("root");
  readonly store = new MemoryCheckpointStore();
  readonly written = new Map<string, { item: string; shard: string }>();
  /** What was done in each life, in order. */
  readonly done: string[][] = [];
  /** The last life. */
  #life: { process: Process; mapping: EventSourceMapping | undefined } = { process: new Process(), mapping: undefined };
  #invocations = 0;
  readonly #open: { shard: string; takes: (item: string) => boolean }[] = [{ shard: "root", takes: () => true }];

  readonly #plan: { readonly settings: Settings; readonly courses: readonly Course[] };

  constructor(settings: Settings, courses: readonly Course[]) {
    this.#plan = { settings, courses };
  }

  async begin(): Promise<void> {
    const process = new Process();
    const done: string[] = [];
    this.done.push(done);
    this.#life = { process, mapping: undefined };
    const { clock, stream } = this.world;
    this.#life.mapping = await clock.outcome(
      startEventSourceMapping({
        ...this.#plan.settings,
        streams: process.owns<StreamSource>(stream),
        streamArn: this.world.options().streamArn,
        clock: process.owns<SteppedClock>(clock),
        checkpoints: process.owns<CheckpointStore>(this.store),
        functionResponseTypes: ["ReportBatchItemFailures"],
        handler: (event) =>
          process.step(async () => {
            const { takesMs, share } = this.#plan.courses[this.#invocations++] ?? { takesMs: 0, share: 1 };
            const numbers = event.Records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? "");
            await clock.sleep(takesMs);
            if (process.isDead) return await new Promise<never>(() => {});
            if (share === "throws") throw new Error("as the course says");
            const count = Math.floor(numbers.length * share);
            done.push(...numbers.slice(0, count));
            return { batchItemFailures: numbers.slice(count).map((itemIdentifier) => ({ itemIdentifier })) };
          }),
      }),
    );
  }

  async act(act: Action): Promise<void> {
    switch (act.do) {
      case "put": {
        const shard = this.#open.find(({ takes }) => takes(act.item))?.shard ?? "";
        this.written.set(this.world.stream.put(shard, act.item), { item: act.item, shard });
        return;
      }
      case "advance":
        return await this.world.clock.advance(act.ms);
      case "roll": {
        const parent = this.#open.shift();
        if (parent === undefined) return;
        const children = Array.from({ length: act.children }, (_, index) => `${parent.shard}.${index}`);
        this.world.stream.roll(parent.shard, ...children);
        const belongs = (item: string, index: number) => item.charCodeAt(0) % act.children === index;
        this.#open.push(
          ...children.map((shard, index) => ({
            shard,
            takes: (item: string) => parent.takes(item) && belongs(item, index),
          })),
        );
        return;
      }
      case "stop":
        await this.world.clock.outcome(this.#life.mapping?.stop() ?? Promise.resolve());
        return await this.begin();
      case "kill":
        this.#life.process.killAfter(act.steps);
        await this.world.clock.advance(1500);
        this.#life.process.killAfter(0);
        return await this.begin();
    }
  }

  async end(): Promise<void> {
    await this.world.clock.advance(120_000);
    await this.world.clock.outcome(this.#life.mapping?.stop() ?? Promise.resolve());
  }
}

test("however often a mapping is stopped or killed, no record is lost and at most a round of each shard is repeated", async () => {
  await fc.assert(
    fc.asyncProperty(
      settings,
      fc.array(action, { maxLength: 40 }),
      fc.array(course, { maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      async (chosen, script, courses, pageSize) => {
        const lives = new Lives(chosen, courses);
        lives.world.stream.answers.recordsPerPage = pageSize;
        await lives.begin();
        for (const act of script) await lives.act(act);
        await lives.end();

        const { written, done } = lives;
        expect(new Set(done.flat())).toEqual(new Set(written.keys()));

        const before = new Set<string>();
        for (const life of done) {
          expect(new Set(life).size, "done twice in one life").toBe(life.length);
          const repeated = life.filter((number) => before.has(number)).map((number) => written.get(number)?.shard);
          for (const shard of new Set(repeated)) {
            const round = chosen.batchSize * chosen.parallelizationFactor;
            expect(repeated.filter((one) => one === shard).length).toBeLessThanOrEqual(round);
          }
          for (const item of "abcdef") {
            const ofItem = life.filter((number) => written.get(number)?.item === item);
            expect(ofItem, "changes of an item in order").toEqual(ofItem.toSorted());
          }
          for (const number of life) before.add(number);
        }
      },
    ),
    { numRuns: runs(300) },
  );
});
