import { styleText } from "node:util";

/** A terminal's usual width: no line of the demo is longer. */
const COLUMNS = 80;

/** What a line is about, which a terminal shows by its colour. */
const COLOURS = { drift: "yellow", repair: "green", failure: "red" } as const;

/** Prints the demo for a person, and keeps count of what did not hold. */
export class Report {
  readonly #out: NodeJS.WriteStream;
  #broken = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** True while everything claimed has held. */
  get holds(): boolean {
    return this.#broken === 0;
  }

  title(text: string): void {
    for (const line of ["", text, "─".repeat(text.length)]) this.line(line);
  }

  /** @throws RangeError for a line that a terminal would break */
  line(text = "", about?: keyof typeof COLOURS): void {
    if (text.length > COLUMNS) throw new RangeError(`The demo has a line of more than ${COLUMNS} columns: ${text}`);
    this.#out.write(`${about ? styleText(COLOURS[about], text, { stream: this.#out }) : text}\n`);
  }

  /** Rows under a head, columns as wide as they need: figures to the right, words to the left. */
  table([head = [], ...rows]: readonly (readonly string[])[]): void {
    const columns = head.map((title, column) => {
      const cells = rows.map((row) => row[column] ?? "");
      const width = Math.max(...[title, ...cells].map(({ length }) => length));
      return { width, isFigures: cells.every((cell) => /^[\d.,]+( m?s)?$/.test(cell)) };
    });
    for (const row of [head, ...rows]) {
      const cells = columns.map(({ width, isFigures }, i) => row[i]?.[isFigures ? "padStart" : "padEnd"](width));
      this.line(`  ${cells.join("  ")}`.trimEnd());
    }
  }

  /** States something with its proof: a tick where it holds, a cross and a failed demo where it does not. */
  claim(text: string, holds: boolean): void {
    this.line(`  ${holds ? "✓" : "✗"} ${text}`, holds ? undefined : "failure");
    if (!holds) this.#broken++;
  }
}

/** A number for people. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Whether two lists of names are the same. */
export function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
