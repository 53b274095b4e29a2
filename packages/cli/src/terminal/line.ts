/** What a line is about, which a terminal shows by its colour. */
export type Style = "drift" | "repair" | "failure";

/** A line for people. What is in it is escaped when it is printed; names in it are to be quoted where it is made. */
export type Line = string | { readonly text: string; readonly style: Style };

const SGR = { drift: "33", repair: "32", failure: "31" } as const satisfies Record<Style, string>;

/** The same line in a colour. */
export function styled(style: Style, text: string): Line {
  return { text, style };
}

/** The text of a line. */
export function textOf(line: Line): string {
  return typeof line === "string" ? line : line.text;
}

/** A text in the colour of its line. */
export function colored(text: string, line: Line): string {
  return typeof line === "string" ? text : `\u001b[${SGR[line.style]}m${text}\u001b[39m`;
}
