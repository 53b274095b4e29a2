import { oneLine, quoted, shorten } from "../../terminal/printable.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { ManifestError } from "./errors.ts";
import { joinPath } from "./manifest-path.ts";
import type { Mistakes } from "./mistakes.ts";
import type { ManifestSource, ManifestValue } from "./source.ts";

/**
 * As the limit texts of other commands: what YAML's versions read differently, such as 0500, is refused. Between digits
 * the limiter's YAML has underscores; CloudFormation sends numbers as text.
 */
const BARE_NUMBER = /^[1-9]\d*(_\d+)*$/;
const QUOTED_NUMBER = /^[1-9]\d*$/;
/** Characters of a plain value that an error shows. */
const MAX_SHOWN = 80;

/** A text that is read, and what was found wrong in it. */
export interface Reading {
  source: ManifestSource;
  mistakes: Mistakes;
}

/** A value of a manifest, where it stands, and the names by which it is reached. */
export class ManifestField {
  readonly #reading: Reading;
  readonly #path: string;
  readonly #value: ManifestValue;
  readonly #keyOffset: number;
  #hasUnknownFields = false;

  private constructor(reading: Reading, path: string, value: ManifestValue, keyOffset: number) {
    this.#reading = reading;
    this.#path = path;
    this.#value = value;
    this.#keyOffset = keyOffset;
  }

  /** The whole of a file. */
  static top(reading: Reading): ManifestField {
    return new ManifestField(reading, "", reading.source.top, 0);
  }

  /** The line of its name, from 1. */
  get line(): number {
    return this.#reading.source.lineOf(this.#keyOffset);
  }

  /**
   * The entries of a map, in their order. A name that is there twice, and a value that stands for nothing, are mistakes.
   *
   * @throws ManifestError when it is no map
   */
  entries(expected: string): Map<string, ManifestField> {
    if (this.#value.kind !== "map") throw this.wrong(expected);
    const { source, mistakes } = this.#reading;
    const entries = new Map<string, ManifestField>();
    for (const { name, keyOffset, value, merged } of this.#value.entries(this.#path)) {
      const before = entries.get(name);
      const path = joinPath(this.#path, name);
      if (before === undefined) {
        const read = mistakes.attempt(value);
        if (read !== undefined) entries.set(name, new ManifestField(this.#reading, path, read, keyOffset));
      } else if (!merged) {
        const problem = `${path} is here for the second time, first in line ${before.line}: keep one of the two.`;
        mistakes.add(source.error(keyOffset, problem));
      }
    }
    return entries;
  }

  /**
   * The entries of a map whose names are given. Other names are mistakes, except for those to pass over.
   *
   * @throws ManifestError when it is no map
   */
  fields<Name extends string>(
    known: readonly Name[],
    expected: string,
    isPassedOver: (name: string) => boolean = () => false,
  ): Map<Name, ManifestField> {
    const entries = this.entries(expected);
    for (const [name, field] of entries) {
      if (known.some((each) => each === name)) continue;
      entries.delete(name);
      if (isPassedOver(name)) continue;
      const meant = didYouMean(name, known);
      const advice = meant === undefined ? `known here: ${known.join(", ")}.` : `did you mean ${meant}?`;
      this.#reading.mistakes.add(field.nameError(`unknown field; ${advice}`));
      this.#hasUnknownFields = true;
    }
    return entries as Map<Name, ManifestField>;
  }

  /** Notes that a field is missing, unless it may well be one of those that are not known. */
  missing(problem: string): void {
    if (!this.#hasUnknownFields) this.#reading.mistakes.add(this.nameError(problem));
  }

  /** @throws ManifestError when it is not a whole number from `least`, in decimal digits alone */
  wholeNumber(least = 1, why = ""): number {
    const { kind, text, isBare } = this.#value;
    const isScalar = kind === "plain" || kind === "text";
    if (isScalar && text.length <= MAX_SHOWN && (isBare ? BARE_NUMBER : QUOTED_NUMBER).test(text)) {
      const number = Number(text.replaceAll("_", ""));
      if (Number.isSafeInteger(number) && number >= least) return number;
    }
    throw this.wrong(`a whole number from ${least}${why} to ${Number.MAX_SAFE_INTEGER}, in digits alone`);
  }

  /** @throws ManifestError when it is not a text */
  text(expected: string): string {
    if (this.#value.kind === "text" && this.#value.text !== "") return this.#value.text;
    throw this.wrong(expected);
  }

  /** An error about the value. */
  wrong(expected: string): ManifestError {
    const problem = `${this.#subject()}: expected ${expected}; found ${foundText(this.#value)}.`;
    return this.#reading.source.error(this.#value.offset, problem);
  }

  /** An error about the name, or about what is missing under it. */
  nameError(problem: string): ManifestError {
    return this.#reading.source.error(this.#keyOffset, `${this.#subject()}: ${problem}`);
  }

  #subject(): string {
    return this.#path || "the file";
  }
}

function foundText({ kind, text }: ManifestValue): string {
  switch (kind) {
    case "map":
      return "a map";
    case "list":
      return "a list";
    case "nothing":
      return "nothing";
    case "text":
      return `the text ${quoted(text)}`;
    case "plain":
      return oneLine(shorten(text, MAX_SHOWN));
  }
}
