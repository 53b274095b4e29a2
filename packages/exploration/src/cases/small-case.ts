import type { Actor } from "../actors/actor.ts";
import type { Maintainer } from "../actors/maintainer.ts";
import type { ForeignRequest } from "../actors/writers.ts";

/** How a table is found. */
export interface Start {
  readonly name: string;
  /** What made it so. */
  readonly requests: readonly ForeignRequest[];
  /** Whether the stream's records of that have been dealt with. If not, they are still to come. */
  readonly isHandled: boolean;
}

/** Everything that may happen in it is explored. */
export interface SmallCase {
  readonly start: Start;
  /** Each may stop for ever at any point. */
  readonly writers: readonly Actor[];
  readonly maintainer: Maintainer;
  /** Invocations in flight at the same time, at most. None: the stream is not read. */
  readonly consumers: number;
  /** Records of an invocation, at most. */
  readonly batchSize: 1 | 2;
  /** Records that are delivered once more, at any later time, at most. */
  readonly redeliveries: number;
  /** Requests that something befalls, at most: see `Faults`. One, as tokens do not tell actors apart. */
  readonly faults: 0 | 1;
}

export const STARTS = {
  empty: { name: "an empty table", requests: [], isHandled: true },
  listed: { name: "a is listed", requests: ["put a", "register a"], isHandled: true },
  orphaned: { name: "a is orphaned", requests: ["register a"], isHandled: false },
  missing: { name: "a is missing", requests: ["put a"], isHandled: false },
  keysOnly: { name: "a registry without names", requests: ["empty registry"], isHandled: true },
} as const satisfies Record<string, Start>;
