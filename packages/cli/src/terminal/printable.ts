/** Control and format characters, unpaired surrogates, unassigned code points, line and paragraph separators. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const NEEDS_QUOTES = /["\\\p{C}\p{Zl}\p{Zp}]|^\s|\s$|^$/u;

/**
 * A name found in storage, safe for a terminal and for programs that read lines. Any ordinary name is shown as it is;
 * one that could break a line, move the cursor, hide itself or be taken for another is shown as a JSON string.
 */
export function printable(name: string): string {
  return NEEDS_QUOTES.test(name) ? escapeUnsafe(JSON.stringify(name)) : name;
}

/** A message from anywhere as one line: line breaks become spaces, other characters that are not text are escaped. */
export function oneLine(message: string): string {
  return escapeUnsafe(message.trim().replace(/\s*[\r\n]+\s*/g, " "));
}

function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
      .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
