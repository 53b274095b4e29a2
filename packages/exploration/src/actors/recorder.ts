import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SdkCommand } from "@rollcall/memory-dynamodb";
import type { Clock } from "@rollcall/registry/protocol";
import { type Listing, RESOURCES } from "../storage/listing.ts";
import { type Request, Requests } from "../storage/request.ts";
import type { Actor, ReportedCall, Stage } from "./actor.ts";
import { ActorState } from "./actor-state.ts";

/** A request that waits for its answer. */
interface Pending {
  readonly request: Request;
  resolve(output: object): void;
  reject(error: Error): void;
}

/**
 * Finds out what actors do. An actor cannot be copied in the middle of its work, so for every point that an exploration
 * comes to it is restarted, from the beginning, with the answers that lead there. Each point is recorded once.
 */
export class Recorder {
  readonly #requests: Requests;
  readonly #beginnings = new Map<Actor, ActorState>();
  #ids = 0;

  constructor(listing: Listing = RESOURCES) {
    this.#requests = new Requests(listing);
  }

  beginning(actor: Actor): ActorState {
    const known = this.#beginnings.get(actor);
    if (known !== undefined) return known;
    const beginning = new ActorState(() => this.#ids++, actor);
    this.#beginnings.set(actor, beginning);
    return beginning;
  }

  async record(state: ActorState): Promise<void> {
    const pending: Pending[] = [];
    const calls: ReportedCall[] = [];
    const tokens: string[] = [];
    const client = {
      send: (command: SdkCommand): Promise<object> => {
        const { promise, resolve, reject } = Promise.withResolvers<object>();
        pending.push({ request: this.#requests.intern(command, tokens), resolve, reject });
        return promise;
      },
    } as unknown as DynamoDBClient;
    const stage: Stage = { client, clock: FROZEN_CLOCK, report: (call) => calls.push(call) };
    let end: { result: unknown } | undefined;
    state.actor.run(stage).then(
      (result) => {
        end = { result };
      },
      (error: unknown) => {
        end = { result: error };
      },
    );
    await untilIdle();
    for (const { edge } of state.way()) {
      if (edge?.answer === undefined) continue;
      const [answered] = pending.splice(edge.position, 1);
      if (edge.answer.error !== undefined) answered?.reject(edge.answer.error);
      else answered?.resolve(edge.answer.output ?? {});
      await untilIdle();
    }
    const requests = pending.map(({ request }) => request);
    const problem = requests.length > 0 || end !== undefined ? misreported(state, calls) : "it waits for nothing";
    state.recording = { requests, calls, result: end?.result, problem };
  }
}

const FROZEN_CLOCK: Clock = {
  now: () => 0,
  sleep: (ms) => (ms > 0 ? Promise.withResolvers<void>().promise : Promise.resolve()),
};

/** Resolves when no promise can continue by itself any more. */
function untilIdle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An acknowledged write has taken effect exactly once since the one before it, a refused one never. */
function misreported(state: ActorState, calls: readonly ReportedCall[]): string | undefined {
  const commits = new Map<string, number>();
  let heard = 0;
  for (const { edge, before, recording } of state.way()) {
    const names = edge?.isCommitted ? (before?.requests[edge.position]?.members ?? []) : [];
    for (const name of names) commits.set(name, (commits.get(name) ?? 0) + 1);
    const now = recording?.calls ?? calls;
    for (const { name, outcome } of now.slice(heard)) {
      const times = commits.get(name) ?? 0;
      const expected = { acknowledged: 1, refused: 0, unknown: times }[outcome];
      if (times !== expected) return `a write of ${name} was ${outcome}, and took effect ${times} times`;
      commits.delete(name);
    }
    heard = now.length;
  }
  return undefined;
}
