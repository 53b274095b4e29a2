import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { oneLine } from "../terminal/printable.ts";
import { MAX_MERGE_DEPTH } from "./constants.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { YamlSource } from "./yaml-source.ts";

const MERGE_KEY = "<<";
const PLAIN_WORD = /^[\w-]+$/;
/** As the limit texts of other commands: what YAML's versions read differently, such as 0500, is refused. */
const WHOLE_NUMBER = /^[1-9]\d*$/;
/** Characters of a text that an error shows. */
const MAX_SHOWN = 80;

/** A value of a manifest, where it stands, and the names by which it is reached. */
export class ManifestField {
  readonly #source: YamlSource;
  readonly #path: string;
  readonly #node: Node | null;
  readonly #keyOffset: number;
  readonly #offset: number;

  private constructor(source: YamlSource, path: string, node: Node | null, keyOffset: number) {
    const offset = node?.range?.[0] ?? keyOffset;
    this.#source = source;
    this.#path = path;
    this.#keyOffset = keyOffset;
    this.#node = source.resolve(node, offset);
    this.#offset = this.#node?.range?.[0] ?? offset;
  }

  /** The whole of a file. */
  static top(source: YamlSource): ManifestField {
    return new ManifestField(source, "", source.root, 0);
  }

  /**
   * The entries of a map, in their order; those of maps merged into it (`<<`, which the limiter's YAML has) come last.
   *
   * @throws ManifestError when it is no map, or has a name twice
   */
  entries(expected: string): Map<string, ManifestField> {
    const map = this.#node;
    if (!isMap(map)) throw this.wrong(expected);
    const entries = new Map<string, ManifestField>();
    for (const { name, keyOffset, value, merged } of this.#pairs(map)) {
      const before = entries.get(name);
      if (before === undefined) {
        entries.set(name, new ManifestField(this.#source, joinPath(this.#path, name), value, keyOffset));
      } else if (!merged) {
        const line = this.#source.lineOf(before.#keyOffset);
        throw this.#source.error(
          keyOffset,
          `${joinPath(this.#path, name)} is here for the second time, first in line ${line}: keep one of the two.`,
        );
      }
    }
    return entries;
  }

  /**
   * The entries of a map whose names are given.
   *
   * @throws ManifestError when it is no map, or has other names
   */
  fields<Name extends string>(known: readonly Name[], expected: string): Map<Name, ManifestField> {
    const entries = this.entries(expected);
    for (const [name, field] of entries) {
      if (known.some((each) => each === name)) continue;
      const meant = didYouMean(name, known);
      const advice = meant === undefined ? `known here: ${known.join(", ")}.` : `did you mean ${meant}?`;
      throw field.nameError(`unknown field; ${advice}`);
    }
    return entries as Map<Name, ManifestField>;
  }

  /** @throws ManifestError when it is not a whole number from `least`, in decimal digits alone */
  wholeNumber(least = 1, why = ""): number {
    const node = this.#node;
    if (isScalar(node) && typeof node.value === "number" && WHOLE_NUMBER.test(node.source ?? "")) {
      if (Number.isSafeInteger(node.value) && node.value >= least) return node.value;
    }
    throw this.wrong(`a whole number from ${least}${why} to ${Number.MAX_SAFE_INTEGER}, in digits alone`);
  }

  /** @throws ManifestError when it is not a text */
  text(expected: string): string {
    const node = this.#node;
    if (isScalar(node) && typeof node.value === "string" && node.value !== "") return node.value;
    throw this.wrong(expected);
  }

  /** An error about the value. */
  wrong(expected: string): Error {
    return this.#source.error(this.#offset, `${this.#subject()}: expected ${expected}; found ${describe(this.#node)}.`);
  }

  /** An error about the name, or about what is missing under it. */
  nameError(problem: string): Error {
    return this.#source.error(this.#keyOffset, `${this.#subject()}: ${problem}`);
  }

  *#pairs(
    map: YAMLMap,
    depth = 0,
  ): Generator<{ name: string; keyOffset: number; value: Node | null; merged: boolean }> {
    const merges: { value: Node | null; keyOffset: number }[] = [];
    for (const { key, value } of map.items as Pair<Node | null, Node | null>[]) {
      const keyOffset = key?.range?.[0] ?? this.#offset;
      this.#source.countEntry(keyOffset);
      const name = isScalar(key) ? String(key.value) : "";
      if (name === MERGE_KEY) merges.push({ value, keyOffset });
      else yield { name, keyOffset, value, merged: depth > 0 };
    }
    for (const { value, keyOffset } of merges) {
      const merged = this.#source.resolve(value, keyOffset);
      for (const part of isSeq(merged) ? merged.items : [merged]) {
        this.#source.countEntry(keyOffset);
        const node = this.#source.resolve(part as Node | null, keyOffset);
        if (!isMap(node) || depth === MAX_MERGE_DEPTH) {
          throw this.#source.error(keyOffset, `${joinPath(this.#path, MERGE_KEY)}: expected a map that can be merged.`);
        }
        yield* this.#pairs(node, depth + 1);
      }
    }
  }

  #subject(): string {
    return this.#path || "the file";
  }
}

/** `resources["gpt-4.1"].limits`: names with dots in them must not look like paths. */
function joinPath(path: string, name: string): string {
  if (!PLAIN_WORD.test(name)) return `${path}[${quote(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

function describe(node: Node | null): string {
  if (isMap(node)) return "a map";
  if (isSeq(node)) return "a list";
  if (!isScalar(node) || node.value === null) return "nothing";
  if (typeof node.value === "string") return `the text ${quote(node.value)}`;
  return shorten(oneLine(node.source ?? String(node.value)));
}

function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
