import { shellQuoted } from "../explain/suggest.ts";

/** Options that a program has beside those of its commands. */
const OF_THE_PROGRAM: ReadonlySet<string> = new Set(["-h", "--help", "-v", "--version"]);

/**
 * What to say to a command line with options in front of its command, or between the words of it; `undefined` for any
 * other.
 *
 * @param names the words of every command
 * @param program how the program is called
 */
export function explainMisplacedOptions(
  words: readonly string[],
  names: readonly string[],
  program: string,
): string | undefined {
  const option = words.findIndex((word) => word.startsWith("-"));
  if (option === -1 || OF_THE_PROGRAM.has(words[option] ?? "")) return undefined;
  for (const name of names) {
    const places = placesOf(name.split(" "), words);
    if (places === undefined || (places.at(-1) ?? 0) < option) continue;
    const others = words.filter((_, i) => !places.includes(i));
    return `Options go behind the command: ${program} ${name} ${others.map(shellQuoted).join(" ")}`;
  }
  return undefined;
}

/** Where the words of a command stand among others, in their order. */
function placesOf(command: readonly string[], words: readonly string[]): number[] | undefined {
  const places: number[] = [];
  for (const word of command) {
    const place = words.indexOf(word, (places.at(-1) ?? -1) + 1);
    if (place === -1) return undefined;
    places.push(place);
  }
  return places;
}
