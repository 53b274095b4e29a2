/** What a producer says of a write: first that it sends it, then what became of it. */
export interface WriteLine {
  /** The write's number, which no other has; a set and an update leave it behind as the limit's capacity. */
  write: number;
  name: string;
  /** The capacity it leaves behind, 0 for none. */
  leaves: number;
  /** `refused` by the library, with nothing written; `failed` when that is unknown. */
  outcome: "sent" | "acknowledged" | "refused" | "failed";
}

/** What may have become of a name. */
interface Fate {
  acknowledged: number;
  /** What writes of unknown outcome leave, by their numbers. */
  readonly unknown: Map<number, number>;
}

/**
 * What producers' writes may have left behind. For every name that is what was acknowledged last, or what any write of
 * unknown outcome would leave: a request can outlive the process that sent it, and be carried out late.
 */
export class Ledger {
  readonly #names = new Map<string, Fate>();
  #acknowledged = 0;
  #last = 0;

  /** How many writes were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** The highest number of a write. */
  get last(): number {
    return this.#last;
  }

  readonly hear = ({ write, name, leaves, outcome }: WriteLine): void => {
    const fate: Fate = this.#names.get(name) ?? { acknowledged: 0, unknown: new Map() };
    this.#names.set(name, fate);
    this.#last = Math.max(this.#last, write);
    if (outcome === "sent") fate.unknown.set(write, leaves);
    if (outcome === "acknowledged" || outcome === "refused") fate.unknown.delete(write);
    if (outcome !== "acknowledged") return;
    fate.acknowledged = leaves;
    this.#acknowledged++;
  };

  /** The names whose acknowledged writes are gone: what was found is nothing that could be there. */
  lost(capacities: ReadonlyMap<string, number>): string[] {
    const isLost = ([name, { acknowledged, unknown }]: [string, Fate]) => {
      const found = capacities.get(name) ?? 0;
      return found !== acknowledged && ![...unknown.values()].includes(found);
    };
    return [...this.#names].filter(isLost).map(([name]) => name);
  }
}
