import { statSync } from "node:fs";
import path from "node:path";

/** Names that a configuration can have: in one folder the first counts. */
export const CONFIG_NAMES = ["rollcall.config.ts", "rollcall.config.js", "rollcall.config.mjs"] as const;

/** The configuration of a folder: its own, or that of the nearest folder above. `undefined` where there is none. */
export function findConfig(folder: string): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = CONFIG_NAMES.map((name) => path.join(at, name)).find(isFile);
    if (found !== undefined || at === path.dirname(at)) return found;
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
