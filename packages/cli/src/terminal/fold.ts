/**
 * A line as lines that take no more columns, broken at spaces; all but the first are set off. What has no space, such as
 * a long name, stays whole.
 */
export function fold(line: string, columns: number, hanging: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let current = indent;
  for (const [i, word] of line.slice(indent.length).split(" ").entries()) {
    const longer = i === 0 ? current + word : `${current} ${word}`;
    if (longer.length <= columns || current.trim() === "") current = longer;
    else {
      lines.push(current.trimEnd());
      current = " ".repeat(hanging) + word;
    }
  }
  return [...lines, current.trimEnd()];
}
