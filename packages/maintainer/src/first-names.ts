/** Names that a log line has at most of one list. */
const MAX_NAMES = 20;

/** Bytes that they may take there, as JSON: a line is at most 64 KB long, and has up to three lists and an error. */
const MAX_NAMES_BYTES = 8 * 1024;

/** Characters that are shown of one name. Names found in a table may be as long as a registry. */
const MAX_NAME_LENGTH = 256;

/** The first names of a list, as many as a log line may have. */
export function firstNames(names: readonly string[]): string[] {
  const first: string[] = [];
  let bytes = 0;
  for (const name of names.slice(0, MAX_NAMES)) {
    const shown = shortened(name);
    bytes += Buffer.byteLength(JSON.stringify(shown)) + 1;
    if (bytes > MAX_NAMES_BYTES) break;
    first.push(shown);
  }
  return first;
}

/** A name, cut where it is long. */
export function shortened(name: string): string {
  return name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
}
