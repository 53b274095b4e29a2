import type { Writable } from "node:stream";
import { CommandError } from "../errors.ts";
import { confirm } from "./confirm.ts";
import type { Io } from "./io.ts";
import { colored, type Line, textOf } from "./line.ts";
import { ReaderGoneError, write } from "./output.ts";
import { escapeUnsafe, jsonText, oneLine } from "./printable.ts";
import type { Result } from "./result.ts";
import { rowsOf } from "./width.ts";

/** What a command that runs on has to say before it ends: a document with `--json`, else lines. */
export interface Update {
  json: object;
  lines: readonly Line[];
  /** Whether the lines take the place of the last update's, where stdout is a terminal. */
  redraw?: boolean;
}

type Stream = Writable & { isTTY?: boolean | undefined; columns?: number | undefined };

const CLEAR_LINE = "\r\u001b[K";

/**
 * All that a command says passes here: what is not text is escaped, so that nothing found in a table, in a file or in
 * an answer speaks to the terminal. Only the printer's own colors and movements do.
 */
export class Printer {
  readonly #io: Io;
  readonly #json: boolean;
  readonly #onReaderGone: () => void;
  #drawn: readonly string[] = [];
  #hasProgress = false;

  constructor(io: Io, json: boolean, onReaderGone: () => void) {
    this.#io = io;
    this.#json = json;
    this.#onReaderGone = onReaderGone;
  }

  /** Whether updates can take each other's place: only a terminal has a width. */
  get redraws(): boolean {
    return this.#io.stdout.columns !== undefined && !this.#json;
  }

  /** What a command has found or done: its document or its lines, and its notes. */
  async result({ json, lines, notes = [], error }: Result): Promise<void> {
    if (!this.#json) await this.note(...notes);
    if (this.#json) await this.#write(this.#io.stdout, `${jsonText(json, 2)}\n`);
    else await this.#lines(this.#io.stdout, lines);
    if (error !== undefined) await this.error(error);
  }

  /** One of many results of a command that runs on. */
  async update({ json, lines, redraw = false }: Update): Promise<void> {
    if (this.#json) return this.#write(this.#io.stdout, `${jsonText(json)}\n`);
    if (!redraw || !this.redraws) return this.#lines(this.#io.stdout, lines);
    const columns = this.#io.stdout.columns ?? 80;
    const rows = this.#drawn.reduce((sum, line) => sum + rowsOf(line, columns), 0);
    await this.#lines(this.#io.stdout, lines, rows > 0 ? `\u001b[${rows}A\u001b[J` : "");
    this.#drawn = lines.map((line) => escapeUnsafe(textOf(line)));
  }

  /** Lines for people, on stderr. */
  async note(...lines: readonly Line[]): Promise<void> {
    if (lines.length === 0) return;
    await this.progress(undefined);
    await this.#lines(this.#io.stderr, lines);
  }

  /** What went wrong and what to do, on stderr. */
  async error(message: string): Promise<void> {
    await this.note({ style: "failure", text: `Error: ${oneLine(message)}` });
  }

  /** How far a command is, on stderr: in one row that changes, where it is a terminal. `undefined` takes it away. */
  async progress(text: string | undefined): Promise<void> {
    const { stderr } = this.#io;
    if (text !== undefined) {
      const columns = stderr.columns ?? 80;
      const shown = escapeUnsafe(text);
      await this.#write(stderr, stderr.isTTY ? `${CLEAR_LINE}${shown.slice(0, columns - 1)}` : `${shown}\n`);
      this.#hasProgress = stderr.isTTY === true;
    } else if (this.#hasProgress) {
      this.#hasProgress = false;
      await this.#write(stderr, CLEAR_LINE);
    }
  }

  /**
   * Shows what is to be done and asks for it, on stderr.
   *
   * @throws CommandError with `otherwise` when the answer is not yes
   */
  async ask(lines: readonly Line[], question: string, otherwise: string): Promise<void> {
    await this.note(...lines);
    if (!(await confirm(question, this.#io))) throw new CommandError(otherwise);
  }

  #lines(stream: Stream, lines: readonly Line[], before = ""): Promise<void> {
    const inColor = this.#hasColor(stream);
    const shown = lines.map((line) => {
      const text = escapeUnsafe(textOf(line));
      return `${inColor ? colored(text, line) : text}\n`;
    });
    return shown.length === 0 ? Promise.resolve() : this.#write(stream, before + shown.join(""));
  }

  /** Source of the variable's meaning, for any value: https://no-color.org */
  #hasColor(stream: Stream): boolean {
    const { NO_COLOR, TERM } = this.#io.env;
    return stream.isTTY === true && !this.#json && !NO_COLOR && TERM !== "dumb";
  }

  /** A reader of stdout that has gone ends the command; one of stderr does not. */
  async #write(stream: Stream, text: string): Promise<void> {
    try {
      await write(stream, text);
    } catch (error) {
      if (!(error instanceof ReaderGoneError)) throw error;
      if (stream === this.#io.stdout) this.#onReaderGone();
    }
  }
}
