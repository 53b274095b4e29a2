import { readFileSync } from "node:fs";

/** This package's version. The file lies one level up from the sources and from what is built of them. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return version;
}
