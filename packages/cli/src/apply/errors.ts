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
 * }
 * ```
 */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  /** The file, as its reader was told. */
  readonly file: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** Character in that line, from 1. */
  readonly column: number;

  constructor(place: { file: string; line: number; column: number }, problem: string, options?: ErrorOptions) {
    super(`${place.file}:${place.line}:${place.column}: ${problem}`, options);
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
  }
}
