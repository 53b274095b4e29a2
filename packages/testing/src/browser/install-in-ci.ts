import { execFileSync } from "node:child_process";
import path from "node:path";
import { hasBrowser, INSTALL_BROWSER } from "./browser.ts";

/** CI runs every test, so it has a browser. Elsewhere its 75 MB are installed by who wants them. */
export default function setup(): void {
  if (hasBrowser() || !process.env.CI) return;
  const [command = "", ...args] = INSTALL_BROWSER.split(" ");
  execFileSync(command, args, { cwd: path.join(import.meta.dirname, "../../../.."), stdio: "inherit" });
}
