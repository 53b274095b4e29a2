/** Refuses an option that has no reader, so that a typo cannot pass for a setting. */
export function assertKnownOptions(known: readonly string[], options: object): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`Unknown option "${unknown}"; known are ${known.join(", ")}.`);
}
