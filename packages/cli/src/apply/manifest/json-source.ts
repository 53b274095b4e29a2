import { ManifestError } from "./errors.ts";
import type { ManifestEntry, ManifestSource, ManifestValue } from "./source.ts";

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const BARE = /[^,\]}\s]+/y;
/** What tells where an object or a list ends. */
const BRACKETS = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;

/**
 * A manifest in JSON. `JSON.parse` says whether it is any; the tree is then read from the text where it is asked for, since
 * `JSON.parse` keeps neither places nor a name that stands twice.
 */
export class JsonSource implements ManifestSource {
  readonly top: ManifestValue;
  readonly #text: string;
  readonly #file: string;
  #lineStarts: number[] | undefined;

  /** @throws SyntaxError when the text is not JSON */
  constructor(text: string, file: string) {
    JSON.parse(text);
    this.#text = text;
    this.#file = file;
    this.top = this.#valueAt(this.#skip(SPACE, 0));
  }

  lineOf(offset: number): number {
    this.#lineStarts ??= lineStarts(this.#text);
    let [from, to] = [0, this.#lineStarts.length];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) from = middle;
      else to = middle;
    }
    return from + 1;
  }

  error(offset: number, problem: string, cause?: unknown): ManifestError {
    const line = this.lineOf(offset);
    const place = { file: this.#file, line, column: offset - (this.#lineStarts?.[line - 1] ?? 0) + 1 };
    return new ManifestError(place, problem, cause === undefined ? undefined : { cause });
  }

  #valueAt(offset: number): ManifestValue {
    const none = { offset, text: "", isBare: false, entries: () => this.#entriesAt(offset) };
    switch (this.#text[offset]) {
      case "{":
        return { ...none, kind: "map" };
      case "[":
        return { ...none, kind: "list" };
      case '"':
        return { ...none, kind: "text", text: JSON.parse(this.#text.slice(offset, this.#skip(STRING, offset))) };
      default: {
        const text = this.#text.slice(offset, this.#skip(BARE, offset));
        return text === "null" ? { ...none, kind: "nothing" } : { ...none, kind: "plain", text, isBare: true };
      }
    }
  }

  *#entriesAt(offset: number): Generator<ManifestEntry> {
    let at = this.#skip(SPACE, offset + 1);
    while (this.#text[at] !== "}") {
      const keyOffset = at;
      const keyEnd = this.#skip(STRING, at);
      const name: string = JSON.parse(this.#text.slice(at, keyEnd));
      const colon = this.#skip(SPACE, keyEnd);
      const valueOffset = this.#skip(SPACE, colon + 1);
      yield { name, keyOffset, value: () => this.#valueAt(valueOffset), merged: false };
      at = this.#skip(SPACE, this.#endOf(valueOffset));
      if (this.#text[at] === ",") at = this.#skip(SPACE, at + 1);
    }
  }

  /** Where the value at an offset ends. */
  #endOf(offset: number): number {
    const first = this.#text[offset];
    if (first === '"') return this.#skip(STRING, offset);
    if (first !== "{" && first !== "[") return this.#skip(BARE, offset);
    BRACKETS.lastIndex = offset;
    for (let depth = 0; ; ) {
      const [token = ""] = BRACKETS.exec(this.#text) ?? [];
      if (token === "{" || token === "[") depth++;
      else if ((token === "}" || token === "]") && --depth === 0) return BRACKETS.lastIndex;
    }
  }

  /** Where what matches at an offset ends. */
  #skip(pattern: RegExp, offset: number): number {
    pattern.lastIndex = offset;
    return pattern.test(this.#text) ? pattern.lastIndex : offset;
  }
}

/** Where each line of a text begins. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
