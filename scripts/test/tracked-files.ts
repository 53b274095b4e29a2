import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../..");

/** The files of this checkout that git tracks, or would: relative to its root, with `/`. Patterns are git's. */
export function trackedFiles(...patterns: string[]): string[] {
  const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...patterns];
  const files = execFileSync("git", listing, { cwd: ROOT, encoding: "utf8", maxBuffer: 16 * 1024 * 1024 });
  const known = new Set(files.split("\0").filter((file) => file !== ""));
  return [...known].filter((file) => existsSync(path.join(ROOT, file))).sort();
}
