import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import { MAX_MANIFEST_ENTRIES, MAX_MERGE_DEPTH } from "../constants.ts";
import { ManifestError, type ManifestPlace, TooManyEntriesError } from "./errors.ts";
import { joinPath } from "./manifest-path.ts";
import { Mistakes } from "./mistakes.ts";
import type { ManifestEntry, ManifestSource, ManifestValue } from "./source.ts";

const MERGE_KEY = "<<";

/** A manifest in YAML: its tree, and what its aliases stand for. */
export class YamlSource implements ManifestSource {
  readonly top: ManifestValue;
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #targets: ReadonlyMap<Alias, Node>;
  #entryCount = 0;

  /** @throws ManifestError when the text is not one YAML document */
  constructor(text: string, file: string) {
    this.#file = file;
    const document = parseDocument(text, {
      lineCounter: this.#lines,
      stringKeys: true,
      resolveKnownTags: false, // sets, ordered maps and bytes have no place in a manifest
      // The reader of a map checks its names, and knows its path. The parser's check takes time by the square of the keys.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error", // "silent" would also keep a second document secret
    });
    const mistakes = new Mistakes();
    for (const problem of [...document.errors, ...document.warnings]) {
      mistakes.add(this.error(problem.pos[0], explain(problem), problem));
    }
    mistakes.throwIfAny();
    this.#targets = aliasTargets(document);
    this.top = this.#valueOf(document.contents, 0);
  }

  lineOf(offset: number): number {
    return this.#lines.linePos(offset).line;
  }

  error(offset: number, problem: string, cause?: unknown): ManifestError {
    return new ManifestError(this.#placeOf(offset), problem, cause === undefined ? undefined : { cause });
  }

  /** An empty text has no line of which the counter knows. */
  #placeOf(offset: number): ManifestPlace {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #valueOf(written: Node | null, keyOffset: number): ManifestValue {
    const node = this.#resolve(written, written?.range?.[0] ?? keyOffset);
    const offset = node?.range?.[0] ?? written?.range?.[0] ?? keyOffset;
    const entries = (path: string) => this.#entriesOf(node as YAMLMap, offset, path, 0);
    const none = { offset, text: "", isBare: false, entries };
    if (isMap(node)) return { ...none, kind: "map" };
    if (isSeq(node)) return { ...none, kind: "list" };
    if (!isScalar(node) || node.value === null) return { ...none, kind: "nothing" };
    const isBare = node.type === Scalar.PLAIN;
    if (typeof node.value === "string") return { ...none, kind: "text", text: node.value, isBare };
    return { ...none, kind: "plain", text: node.source ?? String(node.value), isBare };
  }

  /** The node itself or, for an alias, what it stands for. */
  #resolve(node: Node | null, offset: number): Exclude<Node, Alias> | null {
    if (node === null || !isAlias(node)) return node;
    const target = this.#targets.get(node);
    if (target === undefined) {
      throw this.error(offset, `the alias *${node.source} stands for nothing: no anchor &${node.source} is before it.`);
    }
    return this.#resolve(target, offset);
  }

  *#entriesOf(map: YAMLMap, offset: number, path: string, depth: number): Generator<ManifestEntry> {
    const merges: { value: Node | null; keyOffset: number }[] = [];
    for (const { key, value } of map.items as Pair<Node | null, Node | null>[]) {
      const keyOffset = key?.range?.[0] ?? offset;
      this.#countEntry(keyOffset);
      const name = isScalar(key) ? String(key.value) : "";
      if (name === MERGE_KEY) merges.push({ value, keyOffset });
      else yield { name, keyOffset, value: () => this.#valueOf(value, keyOffset), merged: depth > 0 };
    }
    for (const { value, keyOffset } of merges) {
      const merged = this.#resolve(value, keyOffset);
      for (const part of isSeq(merged) ? merged.items : [merged]) {
        this.#countEntry(keyOffset);
        const node = this.#resolve(part as Node | null, keyOffset);
        if (!isMap(node) || depth === MAX_MERGE_DEPTH) {
          throw this.error(keyOffset, `${joinPath(path, MERGE_KEY)}: expected a map that can be merged.`);
        }
        yield* this.#entriesOf(node, offset, path, depth + 1);
      }
    }
  }

  /** @throws TooManyEntriesError past {@link MAX_MANIFEST_ENTRIES} */
  #countEntry(offset: number): void {
    if (++this.#entryCount <= MAX_MANIFEST_ENTRIES) return;
    const most = MAX_MANIFEST_ENTRIES.toLocaleString("en-US");
    const problem = `the file's aliases stand for more than ${most} entries: use fewer of them.`;
    throw new TooManyEntriesError(this.#placeOf(offset), problem);
  }
}

/** What each alias stands for: the last node before it that has the anchor. The parser would search for each of them. */
function aliasTargets(document: Document): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/** What the parser found, in words for authors of manifests. */
function explain({ code, message }: YAMLError): string {
  switch (code) {
    case "MULTIPLE_DOCS":
      return "a second document begins here: keep one manifest to a file.";
    case "NON_STRING_KEY":
      return "this name is no plain text: write every name out.";
    case "RESOURCE_EXHAUSTION":
      return "this is nested too deep: expected resources, their limits and the fields of these.";
    default:
      return `this is not YAML: ${message.replace(/\s+/g, " ").replace(/[.:]?\s*$/, ".")}`;
  }
}
