import { validationError } from "../errors.ts";
import type { ExpressionKind, Path } from "./parsed.ts";
import { isReserved } from "./reserved-words.ts";

interface Token {
  /** `name` is an attribute's own name, or a key word. */
  readonly type: "name" | "#name" | ":value" | "number" | "symbol" | "end";
  readonly text: string;
}

/** Source: Developer Guide, "Constraints": expression parameters. */
const MAX_EXPRESSION_BYTES = 4096;

const TOKEN = /\s*(?:([a-zA-Z][a-zA-Z0-9_]*)|(#[a-zA-Z0-9_]+)|(:[a-zA-Z0-9_]+)|(\d+)|(<>|<=|>=|[=<>(),+.[\]-]))/y;
const END: Token = { type: "end", text: "<EOF>" };

/** The tokens of one expression, read one by one. Notes what placeholders it meets. */
export class Tokens {
  readonly kind: ExpressionKind;
  readonly names = new Set<string>();
  readonly values = new Set<string>();
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(kind: ExpressionKind, text: string) {
    this.kind = kind;
    this.#tokens = tokenize(kind, text);
  }

  get next(): Token {
    return this.#tokens[this.#next] ?? END;
  }

  take(): Token {
    const token = this.next;
    this.#next++;
    return token;
  }

  /** Takes the next token if it is this symbol. */
  takeSymbol(symbol: string): boolean {
    const isNext = this.next.type === "symbol" && this.next.text === symbol;
    if (isNext) this.#next++;
    return isNext;
  }

  /** Takes the next token if it is this key word. */
  takeWord(word: string): boolean {
    const isNext = this.next.type === "name" && this.next.text.toUpperCase() === word;
    if (isNext) this.#next++;
    return isNext;
  }

  /** Takes a function's name with its parenthesis, if that is next. */
  takeFunction(): string | undefined {
    const { type, text } = this.next;
    const after = this.#tokens[this.#next + 1];
    if (type !== "name" || after?.type !== "symbol" || after.text !== "(") return undefined;
    this.#next += 2;
    return text;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.syntaxError();
  }

  expectEnd(): void {
    if (this.next !== END) throw this.syntaxError();
  }

  /** An attribute, or something within it. */
  path(): Path {
    const path: [string, ...(string | number)[]] = [this.#name()];
    for (;;) {
      if (this.takeSymbol(".")) path.push(this.#name());
      else if (this.takeSymbol("[")) path.push(this.#index());
      else return path;
    }
  }

  /** The name of an attribute or of a map's element, or a placeholder for it. */
  #name(): string {
    const { type, text } = this.take();
    if (type === "#name") this.names.add(text);
    else if (type !== "name") throw this.syntaxError(-1);
    else if (isReserved(text)) {
      throw this.invalid(`Attribute name is a reserved keyword; reserved keyword: ${text}`);
    }
    return text;
  }

  #index(): number {
    const { type, text } = this.take();
    if (type !== "number") throw this.syntaxError(-1);
    this.expectSymbol("]");
    return Number(text);
  }

  /** A placeholder for a value. */
  value(): string {
    const { type, text } = this.take();
    if (type !== ":value") throw this.syntaxError(-1);
    this.values.add(text);
    return text;
  }

  syntaxError(offset = 0): Error {
    const at = Math.min(this.#next + offset, this.#tokens.length);
    const near = this.#tokens.slice(Math.max(0, at - 1), at + 2).map(({ text }) => text);
    const { text } = this.#tokens[at] ?? END;
    return this.invalid(`Syntax error; token: "${text}", near: "${near.join(" ")}"`);
  }

  invalid(what: string): Error {
    return validationError(`Invalid ${this.kind}: ${what}`);
  }
}

function tokenize(kind: ExpressionKind, text: string): Token[] {
  if (text.trim() === "") throw validationError(`Invalid ${kind}: The expression can not be empty;`);
  if (Buffer.byteLength(text) > MAX_EXPRESSION_BYTES) {
    throw validationError(`Invalid ${kind}: Expression size has exceeded the maximum allowed size;`);
  }
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const [matched, word, name, value, number, symbol] = TOKEN.exec(text) ?? [];
    if (matched === undefined) {
      throw validationError(
        `Invalid ${kind}: Syntax error; token: "${text.slice(from).trim()[0]}", near: "${text.slice(from, from + 10)}"`,
      );
    }
    if (word !== undefined) tokens.push({ type: "name", text: word });
    else if (name !== undefined) tokens.push({ type: "#name", text: name });
    else if (value !== undefined) tokens.push({ type: ":value", text: value });
    else if (number !== undefined) tokens.push({ type: "number", text: number });
    else if (symbol !== undefined) tokens.push({ type: "symbol", text: symbol });
  }
  return tokens;
}
