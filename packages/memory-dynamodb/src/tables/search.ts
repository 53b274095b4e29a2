/** The index of the first element that does not lie before what is looked for, in a list in which those before come first. */
export function firstIndex<T>(list: readonly T[], isBefore: (element: T) => boolean): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isBefore(list[middle] as T)) from = middle + 1;
    else to = middle;
  }
  return from;
}
