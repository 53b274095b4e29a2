import type { MaintainerEvent } from "@rollcall/maintainer";

/** How long a repair may take before it counts as failed, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Most names that are told one by one. */
const TOLD_NAMES = 2;

/** What healed a drift, and how long after it. */
export interface Healing {
  /** `+added` and `-removed` names, the first few of them. */
  names: string;
  /** Milliseconds from the call to the last repair. */
  ms: number;
}

/** Waits for repairs to have made a registry true. */
export class RepairWatch {
  readonly #names: string[] = [];
  #heardAt = 0;
  #next = Promise.withResolvers<void>();

  /** Takes note of a repair. */
  hear(event: MaintainerEvent): void {
    if (event.kind !== "reconciled") return;
    const { added, removed } = event.findings;
    this.#names.push(...added.map((name) => `+${name}`), ...removed.map((name) => `-${name}`));
    this.#heardAt = performance.now();
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  /** Resolves with the repairs since the last call once the registry is true, or with nothing when that takes too long. */
  async until(isTrue: () => Promise<boolean>): Promise<Healing | undefined> {
    const from = performance.now();
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const timedOut = new Promise<void>((resolve) =>
      patience.addEventListener("abort", () => resolve(), { once: true }),
    );
    for (;;) {
      const next = this.#next.promise;
      if (await isTrue()) break;
      await Promise.race([next, timedOut]);
      if (patience.aborted) return undefined;
    }
    const names = this.#names.splice(0);
    const more = names.length > TOLD_NAMES ? [`and ${names.length - TOLD_NAMES} more`] : [];
    return { names: [...names.slice(0, TOLD_NAMES), ...more].join(" "), ms: Math.max(0, this.#heardAt - from) };
  }
}
