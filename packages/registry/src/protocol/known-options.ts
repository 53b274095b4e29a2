/**
 * Refuses an option that has no reader, so that a typo cannot pass for a setting.
 *
 * @param known the names of all options: `satisfies Record<keyof Options, true>` refuses a list that misses one
 */
export function assertKnownOptions(known: Readonly<Record<string, true>>, options: object): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new TypeError(`Unknown option "${unknown}"; known are ${Object.keys(known).join(", ")}.`);
}
