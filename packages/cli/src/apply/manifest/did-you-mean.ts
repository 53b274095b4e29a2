/** The share of letters that must agree for a word to have been meant. */
const LEAST_LIKENESS = 0.5;
/** Letters of a word that is compared: the work grows with their square, and no field's name is so long. */
const MAX_LETTERS = 40;

/** The known word that a user most likely meant by an unknown one, if any is like it. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_LETTERS) return undefined;
  const likeness = (candidate: string): number => {
    const longest = Math.max(word.length, candidate.length);
    return 1 - distance(normalized(word), normalized(candidate)) / longest;
  };
  const best = known.toSorted((a, b) => likeness(b) - likeness(a))[0];
  return best !== undefined && likeness(best) >= LEAST_LIKENESS ? best : undefined;
}

/** `refillAmount`, `refill-amount` and `refill_amount` are one word. */
function normalized(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, "");
}

/** Letters to insert, remove or replace, by Levenshtein's recurrence, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
