import type { Request } from "../storage/request.ts";
import type { Answer } from "../storage/storage.ts";
import type { Actor, ReportedCall } from "./actor.ts";

/** How an actor came from one point to the next: one of its requests was answered, or took effect unanswered. */
export interface Edge {
  /** Position among the requests in flight. */
  readonly position: number;
  /** `undefined` where the request will be sent once more, by the SDK, because its answer was lost. */
  readonly answer: Answer | undefined;
  readonly isCommitted: boolean;
  /** Whether the request may be resent with the token it had. */
  readonly isRemembered: boolean;
}

/** What an actor does once it has come to a point. */
export interface Recording {
  /** Those in flight, in the order in which they were sent. None where it has ended. */
  readonly requests: readonly Request[];
  readonly calls: readonly ReportedCall[];
  /** What `run` gave in the end. */
  readonly result: unknown;
  /** What is wrong about the way it took, in words. */
  readonly problem: string | undefined;
}

/** A point in an actor's life, told by the answers it has had. The same answers lead to the same object. */
export class ActorState {
  readonly id: number;
  readonly actor: Actor;
  readonly before: ActorState | undefined;
  readonly edge: Edge | undefined;
  /** `undefined` until it is recorded. */
  recording: Recording | undefined;
  readonly #next = new Map<number, ActorState>();
  readonly #newId: () => number;

  constructor(newId: () => number, actor: Actor, before?: ActorState, edge?: Edge) {
    this.id = newId();
    this.#newId = newId;
    this.actor = actor;
    this.before = before;
    this.edge = edge;
  }

  get requests(): readonly Request[] {
    return this.recording?.requests ?? [];
  }

  after(edge: Edge): ActorState {
    const flags = (edge.isCommitted ? 1 : 0) + (edge.isRemembered ? 2 : 0);
    const key = (((edge.answer?.id ?? -1) + 1) * 4 + flags) * 128 + edge.position;
    const known = this.#next.get(key);
    if (known !== undefined) return known;
    const next = new ActorState(this.#newId, this.actor, this, edge);
    this.#next.set(key, next);
    return next;
  }

  /** Whether a request of this token has been sent before, and the database has been told so. */
  remembers(token: string | undefined): boolean {
    if (token === undefined || this.edge === undefined || this.before === undefined) return false;
    const { isRemembered, position } = this.edge;
    return (isRemembered && this.before.requests[position]?.token === token) || this.before.remembers(token);
  }

  /** From the beginning to here. */
  way(): ActorState[] {
    return [...(this.before?.way() ?? []), this];
  }
}
