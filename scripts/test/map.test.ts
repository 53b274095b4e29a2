import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, trackedFiles } from "./tracked-files.ts";

const MAX_ROWS = 60;

/** The paths that a page names in backticks: what begins with a file or folder of the root. `artifacts` and `dist` are made. */
function pathsOf(page: string): string[] {
  const top = new Set(trackedFiles().map((file) => file.split("/")[0]));
  const quoted = [...page.matchAll(/`([^`\s]+)`/g)].map(([, text = ""]) => text);
  return quoted.filter((text) => top.has(text.split("/")[0]) && !text.includes("dist"));
}

describe("CLAUDE.md", () => {
  const page = readFileSync(path.join(ROOT, "CLAUDE.md"), "utf8");
  const map = page.slice(page.indexOf("## Where things are"), page.indexOf("## What we took"));

  it("names only paths that exist", () => {
    const paths = pathsOf(page);
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.filter((name) => globSync(name, { cwd: ROOT }).length === 0)).toEqual([]);
  });

  it("has a map that fits one screen", () => {
    expect(map.trimEnd().split("\n").length).toBeLessThanOrEqual(MAX_ROWS);
  });

  it("has every package on its map", () => {
    const packages = new Set(trackedFiles("packages/*/package.json").map((file) => path.dirname(file)));
    expect([...packages].filter((folder) => !map.includes(folder))).toEqual([]);
  });
});
