/** Prints the demo for a person, and keeps count of what did not hold. */
export class Report {
  readonly #out: NodeJS.WritableStream;
  #broken = 0;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  /** True while everything claimed has held. */
  get holds(): boolean {
    return this.#broken === 0;
  }

  title(text: string): void {
    this.line(`\n${text}\n${"─".repeat(text.length)}`);
  }

  line(text = ""): void {
    this.#out.write(`${text}\n`);
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
      this.line(`  ${cells.join("   ")}`.trimEnd());
    }
  }

  /** States something with its proof: a tick where it holds, a cross and a failed demo where it does not. */
  claim(text: string, holds: boolean): void {
    this.line(`  ${holds ? "✓" : "✗"} ${text}`);
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
