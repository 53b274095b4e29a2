import type { Complain } from "./violation.ts";

/** An invocation of a sweep that runs. */
interface RunningSweep {
  readonly name: string;
  /** Whether another sweep's requests may have come between its own. */
  hasCompany: boolean;
}

/**
 * Knows which invocations of sweeps run at the same time: only those may overtake one another. A global table has one
 * state of sweeps for all Regions.
 */
export class SweepRules {
  /** Why the stream cannot tell everything, where it cannot. */
  readonly reasons = new Set<string>();
  readonly #complain: Complain;
  readonly #running = new Set<RunningSweep>();

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  /**
   * An invocation begins.
   *
   * @param hasLateWrites whether writes of earlier sweeps are still in flight, between Regions too
   * @returns how it ends
   */
  begin(name: string, hasLateWrites: boolean): (outcome?: string) => void {
    const invocation: RunningSweep = { name, hasCompany: hasLateWrites || this.#running.size > 0 };
    for (const other of this.#running) other.hasCompany = true;
    this.#running.add(invocation);
    return (outcome) => {
      this.#running.delete(invocation);
      if (outcome !== "overtaken" || invocation.hasCompany) return;
      this.#complain("false-alarm", `${name} was overtaken, and there was no other sweep`);
    };
  }
}
