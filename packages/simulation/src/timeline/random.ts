import { hash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * Chance that repeats itself. Every part of a simulation has its own, by the seed and the part's name, so that what one
 * part does less leaves the luck of the others as it was: that is what lets a history be shrunk.
 */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number, part: string) {
    this.#generator = xoroshiro128plus(Number.parseInt(hash("sha256", `${seed} ${part}`).slice(0, 8), 16) | 0);
  }

  /** A number from 0 up to 1. */
  readonly next = (): number => uniformFloat64(this.#generator);

  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return uniformInt(this.#generator, from, to);
  }

  /** True in this share of all cases. */
  chance(share: number): boolean {
    return share > 0 && this.next() < share;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("There is nothing to pick from");
    return list[this.int(0, list.length - 1)] as T;
  }

  /** Some of a list, in its order: at least one. */
  some<T>(list: readonly T[], share = 0.5): T[] {
    const some = list.filter(() => this.chance(share));
    return some.length > 0 ? some : [this.pick(list)];
  }
}
