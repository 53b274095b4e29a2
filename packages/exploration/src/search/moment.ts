import type { ActorState } from "../actors/actor-state.ts";
import type { InvocationActor } from "../actors/maintainer.ts";
import type { Snapshot } from "../storage/storage.ts";
import type { StreamRecord } from "../storage/stream-record.ts";

/** Everything there is at some moment of a case. */
export interface Moment {
  readonly table: Snapshot;
  readonly writers: readonly ActorState[];
  /** Invocations in flight; which is which makes no difference. */
  readonly invocations: readonly ActorState[];
  /** Records that are to be delivered, those of one item in their order. */
  readonly queue: readonly StreamRecord[];
  /** Records that may be delivered once more. */
  readonly delivered: readonly StreamRecord[];
  readonly redeliveries: number;
  readonly faults: number;
}

/** Nothing that only crashed writers would not do is left to happen. */
export function isQuiet({ queue, invocations }: Moment): boolean {
  return queue.length === 0 && invocations.length === 0;
}

/** The same for moments that have the same futures. */
export function keyOf({ table, writers, invocations, queue, delivered, redeliveries, faults }: Moment): string {
  const codes = [table.id & 0xffff, table.id >>> 16, redeliveries * 2 + faults];
  const add = (list: readonly { readonly id: number }[]): void => {
    codes.push(list.length);
    for (const { id } of list) codes.push(id & 0xffff, id >>> 16);
  };
  add(writers);
  add(invocations);
  add(queue);
  add(delivered);
  return String.fromCharCode(...codes);
}

/** Invocations that have ended leave, and what they could not do goes back to the head of the queue. */
export function withoutEnded(moment: Moment): Moment {
  const ended = moment.invocations.filter(({ requests }) => requests.length === 0);
  if (ended.length === 0) return moment;
  const failed = ended.flatMap(({ actor, recording }) => {
    const { batch } = actor as InvocationActor;
    return batch.slice(typeof recording?.result === "number" ? recording.result : 0);
  });
  return {
    ...moment,
    invocations: moment.invocations.filter(({ requests }) => requests.length > 0),
    queue: failed.length === 0 ? moment.queue : [...failed, ...moment.queue].sort((a, b) => a.item - b.item),
  };
}
