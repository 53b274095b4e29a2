import { type Alias, type Document, isAlias, LineCounter, type Node, parseDocument, visit, type YAMLError } from "yaml";
import { MAX_MANIFEST_ENTRIES } from "./constants.ts";
import { ManifestError } from "./errors.ts";

/** A YAML text, parsed: its tree, what its aliases stand for, and where everything is. JSON is YAML, too. */
export class YamlSource {
  /** The top of the tree, or `null` where there is nothing. */
  readonly root: Node | null;
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #targets: ReadonlyMap<Alias, Node>;
  #entries = 0;

  /** @throws ManifestError when the text is not one YAML document */
  constructor(text: string, file: string) {
    this.#file = file;
    const document = parseDocument(text, {
      lineCounter: this.#lines,
      stringKeys: true,
      resolveKnownTags: false, // sets, ordered maps and bytes have no place in a manifest
      // Whoever reads a map checks it, and knows its path. The parser's check takes time by the square of the keys.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error", // "silent" would also keep a second document secret
    });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw this.error(problem.pos[0], explain(problem), problem);
    this.root = document.contents;
    this.#targets = aliasTargets(document);
  }

  /** The value that a node is or, if it is an alias, stands for. */
  resolve(node: Node | null, offset: number): Exclude<Node, Alias> | null {
    if (node === null || !isAlias(node)) return node;
    const target = this.#targets.get(node);
    if (target === undefined) {
      throw this.error(offset, `the alias *${node.source} stands for nothing: no anchor &${node.source} is before it.`);
    }
    return this.resolve(target, offset);
  }

  /**
   * Counts one more entry that is read.
   *
   * @throws ManifestError past {@link MAX_MANIFEST_ENTRIES}
   */
  countEntry(offset: number): void {
    if (++this.#entries <= MAX_MANIFEST_ENTRIES) return;
    const most = MAX_MANIFEST_ENTRIES.toLocaleString("en-US");
    throw this.error(offset, `the file's aliases stand for more than ${most} entries: use fewer of them.`);
  }

  /** The line of an offset, from 1. */
  lineOf(offset: number): number {
    return this.#lines.linePos(offset).line;
  }

  /** An error at an offset of the text. */
  error(offset: number, problem: string, cause?: unknown): ManifestError {
    const { line, col } = this.#lines.linePos(offset);
    // An empty text has no line of which the counter knows.
    const place = { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1) };
    return new ManifestError(place, problem, cause === undefined ? undefined : { cause });
  }
}

/** What each alias stands for: the last node before it that has the anchor. The parser would search for each anew. */
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

/** What the parser found, in words for whoever writes manifests. */
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
