import { quoted } from "../../terminal/printable.ts";

const PLAIN_WORD = /^[\w-]+$/;

/** `resources["gpt-4.1"].limits`: names with dots in them must not look like paths. */
export function joinPath(path: string, name: string): string {
  if (!PLAIN_WORD.test(name) || name.length > 100) return `${path}[${quoted(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}
