/** UTF-16 order differs from code point order only where a name has characters beyond the basic plane. */
export function sortByCodePoint(names: string[]): string[] {
  const beyond = names.some((name) => /[\u{10000}-\u{10ffff}]/u.test(name));
  return beyond ? names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : names.sort();
}
