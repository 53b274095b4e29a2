/** Width of help where there is no terminal to ask. */
export const HELP_WIDTH = 100;

/**
 * Paragraphs for the end of a help text, with no line longer than the terminal is wide: an example is continued as a
 * shell reads it, other lines are continued below their own beginning.
 */
export function wrapHelp(paragraphs: readonly string[], columns = HELP_WIDTH): string {
  const lines = paragraphs.flatMap((paragraph) => [
    "",
    ...paragraph.split("\n").flatMap((line) => wrap(line, columns)),
  ]);
  return lines.join("\n");
}

function wrap(line: string, columns: number): string[] {
  if (line.length <= columns) return [line];
  const [start = ""] = /^ *(\$ )?/.exec(line) ?? [];
  const isExample = start.endsWith("$ ");
  const end = isExample ? " \\" : "";
  const below = " ".repeat(isExample ? start.length + 2 : hangingIndent(line, start.length));
  const lines: string[] = [];
  let current = start;
  for (const word of line.slice(start.length).split(/(?<=\S)(?= )/)) {
    if (current.trim() !== "" && current.length + word.length + end.length > columns) {
      lines.push(current + end);
      current = below + word.trimStart();
    } else current += word;
  }
  return [...lines, current];
}

/** Below the text of a row whose first cell is a term; else below the line's own beginning. */
function hangingIndent(line: string, start: number): number {
  const cell = /^ *\S+ {3,}(?=\S)/.exec(line);
  return cell === null ? start : cell[0].length;
}
