import module from "node:module";
import { homedir } from "node:os";
import path from "node:path";

/**
 * Has Node keep what it compiles, for this process and those that it starts: the next command then starts sooner. The
 * folder is the user's own: Node's default is one for everybody's temporary files, where others could put theirs first.
 * Nothing is kept where it cannot be written, and by Node before 22.1; `NODE_COMPILE_CACHE` and
 * `NODE_DISABLE_COMPILE_CACHE` are obeyed.
 */
export function keepCompiled(): void {
  const folder = cacheFolder();
  if (folder === undefined) return;
  module.enableCompileCache?.(folder);
  process.env.NODE_COMPILE_CACHE ||= folder;
}

function cacheFolder(): string | undefined {
  try {
    return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "rollcall");
  } catch {
    return undefined; // a user without a home
  }
}
