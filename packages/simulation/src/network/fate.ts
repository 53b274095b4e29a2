import { Random } from "../timeline/random.ts";
import type { NetworkConditions } from "./conditions.ts";

/** What befalls one attempt of a request, decided when it is sent. Times are in milliseconds. */
export interface Fate {
  /** How long the request travels. `Infinity`: it never arrives. */
  readonly arrivesAfterMs: number;
  /** How long the answer travels. `Infinity`: it never arrives. */
  readonly answersAfterMs: number;
  readonly isThrottled: boolean;
  /** Whether a batch is carried out in part only. */
  readonly leavesKeys: boolean;
  /** How long a transaction holds its items. */
  readonly holdsMs: number;
  /** Commits that an eventually consistent read does not know of. */
  readonly lag: number;
  /** Which part of its longest delay the SDK waits before the next attempt, from 0 up to 1. */
  readonly retryDelay: number;
}

/** Fates written down beforehand, attempt by attempt, by the name of the process that sends them. */
export type FateScript = Readonly<Record<string, readonly Partial<Fate>[]>>;

/** The fate of an attempt that a script leaves open: it is carried out. */
const UNEVENTFUL: Fate = {
  arrivesAfterMs: 1,
  answersAfterMs: 1,
  isThrottled: false,
  leavesKeys: false,
  holdsMs: 0,
  lag: 0,
  retryDelay: 0,
};

/** The fates of one process's attempts: by chance, or as a script has them. */
export class Fates {
  readonly #random: Random;
  readonly #script: readonly Partial<Fate>[] | undefined;
  #drawn = 0;

  /** @param process the name of the process: its network has a chance of its own */
  constructor(seed: number, process: string, script: FateScript | undefined) {
    this.#random = new Random(seed, `${process} network`);
    this.#script = script && (script[process] ?? []);
  }

  /** @param isConditionalPut whether it is a conditional write of one item */
  next(conditions: NetworkConditions, isConditionalPut: boolean): Fate {
    if (this.#script !== undefined) return { ...UNEVENTFUL, ...this.#script[this.#drawn++] };
    const random = this.#random;
    const { latencyMs, stallMs, transactionMs, staleWrites } = conditions;
    const way = (): number => random.int(1, latencyMs);
    const travelsMs = way() + (random.chance(conditions.stalled) ? random.int(0, stallMs) : 0);
    const isLost = random.chance(conditions.lost);
    const unanswered = isConditionalPut
      ? Math.max(conditions.unansweredPuts, conditions.unanswered)
      : conditions.unanswered;
    const isUnanswered = random.chance(unanswered);
    return {
      arrivesAfterMs: isLost ? Number.POSITIVE_INFINITY : travelsMs,
      answersAfterMs: isUnanswered ? Number.POSITIVE_INFINITY : way(),
      isThrottled: random.chance(conditions.throttled),
      leavesKeys: random.chance(conditions.throttled),
      holdsMs: transactionMs === 0 ? 0 : random.int(0, transactionMs),
      lag: staleWrites === 0 ? 0 : random.int(0, staleWrites),
      retryDelay: random.next(),
    };
  }
}
