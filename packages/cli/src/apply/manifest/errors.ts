/** Where something stands in a manifest. */
export interface ManifestPlace {
  /** The file, as its reader was told. */
  file: string;
  /** Line in the file, from 1. */
  line: number;
  /** Character in that line, from 1. */
  column: number;
}

/**
 * A text that is not a manifest. The message is one line: the place in the file, the field, what was expected there.
 *
 * @example
 * ```ts
 * import { ManifestError, parseManifest } from "@rollcall/cli";
 *
 * try {
 *   parseManifest("resources: { gpt-4: { limits: { rpm: { capcity: 500 } } } }", "limits.yaml");
 * } catch (error) {
 *   if (!(error instanceof ManifestError)) throw error;
 *   console.error(error.message); // limits.yaml:1:40: resources.gpt-4.limits.rpm.capcity: unknown field; did you mean capacity?
 *   for (const further of error.others) console.error(further.message);
 * }
 * ```
 */
export class ManifestError extends Error implements ManifestPlace {
  override readonly name = "ManifestError";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What the message says without the place. */
  readonly problem: string;
  /** The other mistakes of the same text, in the order in which they were found. Default: none. */
  readonly others: readonly ManifestError[];

  constructor(place: ManifestPlace, problem: string, options?: ErrorOptions & { others?: readonly ManifestError[] }) {
    super(`${place.file}:${place.line}:${place.column}: ${problem}`, options);
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.problem = problem;
    this.others = options?.others ?? [];
  }
}

/** Ends the reading of a text: the rest of it would take too long. */
export class TooManyEntriesError extends ManifestError {}
