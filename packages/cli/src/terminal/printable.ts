/** Control and format characters, unpaired surrogates, unassigned code points, line and paragraph separators. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** The same but for the line feeds of an indented JSON document. */
const UNSAFE_IN_JSON = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu;
const NEEDS_QUOTES = /["\\\p{C}\p{Zl}\p{Zp}]|^\s|\s$|^$| {2}/u;
/** What separates the entries of a list in one line, or their signs from them. */
const NEEDS_QUOTES_IN_LIST = /[\s,;:]|^[+-]/;

/** Characters of a value that a message quotes: enough to know it by. */
const MAX_QUOTED = 120;
/** Bytes of a message: one may quote a server, which may say anything. */
const MAX_MESSAGE_BYTES = 1_500;

/**
 * A name found in storage, safe for a terminal and for programs that read lines. Any ordinary name is shown as it is;
 * one that could break a line, move the cursor, hide itself or be taken for another is shown as a JSON string.
 */
export function printable(name: string): string {
  return NEEDS_QUOTES.test(name) ? escapeUnsafe(JSON.stringify(name)) : name;
}

/** A name as one of several in a line: one that could be taken for two entries is shown as a JSON string, too. */
export function printableInList(name: string): string {
  return NEEDS_QUOTES_IN_LIST.test(name) ? escapeUnsafe(JSON.stringify(name)) : printable(name);
}

/** A value in a message: always quoted, and cut where it is long. */
export function quoted(value: string): string {
  return escapeUnsafe(JSON.stringify(shorten(value, MAX_QUOTED)));
}

/** A text of at most so many characters; an ellipsis stands for the rest. */
export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…` : text;
}

/**
 * A message from anywhere as one line of bounded length: white space with line breaks in it becomes a space, other
 * characters that are not text are escaped.
 */
export function oneLine(message: string): string {
  const parts = shorten(message, MAX_MESSAGE_BYTES).split(/[\r\n]/);
  const joined = parts.map((part) => part.trim()).filter((part) => part !== "");
  const bytes = Buffer.from(escapeUnsafe(joined.join(" ")));
  if (bytes.length <= MAX_MESSAGE_BYTES) return bytes.toString();
  return `${bytes
    .subarray(0, MAX_MESSAGE_BYTES)
    .toString()
    .replace(/\ufffd$/, "")}…`;
}

/** A JSON document without a character that a terminal obeys or a program takes for the end of a line. */
export function jsonText(document: unknown, indent?: number): string {
  return JSON.stringify(document, null, indent).replace(UNSAFE_IN_JSON, escapeCharacter);
}

/** Any text without a character that a terminal obeys, or that would end its line. */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
