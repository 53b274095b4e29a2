/** UTF-16 order differs from code point order only where a name has characters beyond the basic plane. */
export function sortByCodePoint(names: string[]): string[] {
  if (!names.some(hasSurrogate)) return names.sort();
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Sorted names, each once. Of a million, the set that finds repeats first would cost more than sorting them. */
export function withoutRepeats(sorted: string[]): string[] {
  const isFirst = (name: string, i: number): boolean => i === 0 || name !== sorted[i - 1];
  return sorted.every(isFirst) ? sorted : sorted.filter(isFirst);
}

/** A loop, for a regular expression takes four times as long, and a list looks at every name. */
function hasSurrogate(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xe000) return true;
  }
  return false;
}
