import type { Timeline } from "../timeline/timeline.ts";

/** What happened, line by line, for people. It costs nothing while nobody asks for it. */
export class History {
  readonly lines: string[] = [];
  readonly #timeline: Timeline;
  readonly #isKept: boolean;

  constructor(timeline: Timeline, isKept: boolean) {
    this.#timeline = timeline;
    this.#isKept = isKept;
  }

  add(line: () => string): void {
    if (this.#isKept) this.lines.push(`${(this.#timeline.elapsed / 1000).toFixed(3).padStart(9)} s  ${line()}`);
  }
}
