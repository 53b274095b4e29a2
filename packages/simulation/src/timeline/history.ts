import type { Timeline } from "./timeline.ts";

/** A letter that is repeated so often makes a name long, and nothing else. */
const LONG_RUN = /(.)\1{30,}/g;

/** What happened, line by line, for people. It costs nothing unless it is kept. */
export class History {
  readonly lines: string[] = [];
  readonly #timeline: Timeline;
  readonly #isKept: boolean;
  #hasBegun = false;

  constructor(timeline: Timeline, isKept: boolean) {
    this.#timeline = timeline;
    this.#isKept = isKept;
  }

  /** What is added from now on is kept. */
  begin(): void {
    this.#hasBegun = true;
  }

  add(line: () => string): void {
    if (!this.#isKept || !this.#hasBegun) return;
    this.lines.push(`${(this.#timeline.elapsed / 1000).toFixed(3).padStart(9)} s  ${withoutRuns(line())}`);
  }
}

/** A text with long names cut to what tells them apart. */
export function withoutRuns(text: string): string {
  return text.replace(LONG_RUN, (run, letter: string) => `${letter}(×${run.length})`);
}
