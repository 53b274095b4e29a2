import type { ActorState } from "../actors/actor-state.ts";
import type { Invocations } from "../actors/maintainer.ts";
import type { Recorder } from "../actors/recorder.ts";
import type { SmallCase } from "../cases/small-case.ts";
import type { Faults, Outcome } from "../storage/faults.ts";
import type { Listing } from "../storage/listing.ts";
import type { Request } from "../storage/request.ts";
import type { Storage } from "../storage/storage.ts";
import { type StreamRecord, wordsOf } from "../storage/stream-record.ts";
import type { Moment } from "./moment.ts";

/** One thing that can happen at a moment. */
export interface Step {
  /** How it is then. */
  readonly after: Moment;
  /** Who did it; `undefined` where the stream did. */
  readonly actor: ActorState | undefined;
  /** In words, for people. */
  text(): string;
}

/** What is known of everything that is explored, in all cases. */
export interface Knowledge {
  readonly storage: Storage;
  readonly faults: Faults;
  readonly recorder: Recorder;
  readonly invocations: Invocations;
  readonly listing: Listing;
}

/** Everything that can happen next. All actors of the moment must have been recorded. */
export class Steps {
  readonly #case: SmallCase;
  readonly #known: Knowledge;

  constructor(smallCase: SmallCase, known: Knowledge) {
    this.#case = smallCase;
    this.#known = known;
  }

  from(moment: Moment): Step[] {
    const steps: Step[] = [];
    for (const [i, writer] of moment.writers.entries()) {
      this.#act(moment, writer, (next) => ({ writers: moment.writers.with(i, next) }), steps);
    }
    for (const [i, invocation] of moment.invocations.entries()) {
      if (invocation === moment.invocations[i - 1]) continue; // two that are alike: either may be first
      const others = moment.invocations.toSpliced(i, 1);
      this.#act(moment, invocation, (next) => ({ invocations: inOrder([...others, next]) }), steps);
    }
    if (moment.invocations.length < this.#case.consumers) this.#deliver(moment, steps);
    return steps;
  }

  /** One of an actor's requests takes effect and is answered, in every way in which it can be. */
  #act(moment: Moment, actor: ActorState, seat: (next: ActorState) => Partial<Moment>, steps: Step[]): void {
    for (const [position, request] of actor.requests.entries()) {
      const effect = this.#known.storage.execute(moment.table, request, actor.remembers(request.token));
      const outcomes: Outcome[] = [{ fault: undefined, effect, answer: effect.answer }];
      if (moment.faults > 0 && !actor.actor.mayIntroduceDrift) {
        outcomes.push(...this.#known.faults.of(moment.table, request));
      }
      for (const outcome of outcomes) {
        const { fault, effect, answer } = outcome;
        const { isCommitted } = effect;
        const next = actor.after({ position, answer, isCommitted, isRemembered: isCommitted && fault !== undefined });
        const after: Moment = {
          ...moment,
          ...seat(next),
          table: effect.after,
          queue: this.#enqueue(moment.queue, effect.records),
          faults: moment.faults - (fault === undefined ? 0 : 1),
        };
        steps.push({ after, actor, text: () => stepText(actor, request, outcome) });
      }
    }
  }

  #enqueue(queue: readonly StreamRecord[], records: readonly StreamRecord[]): readonly StreamRecord[] {
    if (this.#case.consumers === 0) return queue;
    const passing = records.filter((record) => this.#known.invocations.passes(record));
    return passing.length === 0 ? queue : [...queue, ...passing].sort((a, b) => a.item - b.item);
  }

  /** The next record of any item begins an invocation, or the next two, or one that was delivered before. */
  #deliver(moment: Moment, steps: Step[]): void {
    const { queue, delivered, redeliveries } = moment;
    for (const [first, rest] of nextOf(queue)) {
      steps.push(this.#invoke(moment, [first], rest));
      if (this.#case.batchSize === 1) continue;
      for (const [second, others] of nextOf(rest)) steps.push(this.#invoke(moment, [first, second], others));
    }
    if (redeliveries === 0) return;
    const again = { ...moment, redeliveries: redeliveries - 1 };
    for (const record of delivered) steps.push(this.#invoke(again, [record], queue));
  }

  #invoke(moment: Moment, batch: readonly StreamRecord[], queue: readonly StreamRecord[]): Step {
    const invocation = this.#known.recorder.beginning(this.#known.invocations.of(batch));
    const after: Moment = {
      ...moment,
      queue,
      invocations: inOrder([...moment.invocations, invocation]),
      delivered: moment.redeliveries === 0 ? [] : inOrder([...new Set([...moment.delivered, ...batch])]),
    };
    const again = queue === moment.queue ? " once more" : "";
    return {
      after,
      actor: undefined,
      text: () =>
        `stream: delivers${again} ${batch.map((record) => wordsOf(this.#known.listing, record)).join(" and ")}`,
    };
  }
}

/** The first record of each item, and what is left of the queue without it. */
function nextOf(queue: readonly StreamRecord[]): [StreamRecord, readonly StreamRecord[]][] {
  return queue.flatMap((record, i) =>
    record.item === queue[i - 1]?.item
      ? []
      : [[record, queue.toSpliced(i, 1)] satisfies [StreamRecord, StreamRecord[]]],
  );
}

function inOrder<T extends { readonly id: number }>(list: T[]): T[] {
  return list.sort((a, b) => a.id - b.id);
}

function stepText({ actor }: ActorState, { words }: Request, { fault, answer }: Outcome): string {
  const failure = fault ?? answer?.error?.name;
  return `${actor.name}: ${words}${failure === undefined ? "" : ` (${failure})`}`;
}
