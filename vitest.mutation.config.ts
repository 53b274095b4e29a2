import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("packages", import.meta.url));
/** Those that the tests use; Stryker's copy has no others. */
const USED = ["local", "maintainer", "memory-dynamodb", "registry", "testing"];

interface Manifest {
  name: string;
  exports?: Record<string, string | { "@rollcall/source"?: string }>;
}

/** The sources behind every name that a package exports, those with a `*` too. */
function aliasesOf(folder: string): { find: RegExp; replacement: string }[] {
  const manifest = JSON.parse(readFileSync(`${packages}/${folder}/package.json`, "utf8")) as Manifest;
  return Object.entries(manifest.exports ?? {}).flatMap(([path, target]) => {
    const source = typeof target === "string" ? target : target["@rollcall/source"];
    if (source === undefined) return [];
    const find = new RegExp(`^${manifest.name}${path.slice(1).replace("*", "(.+)")}$`);
    return [{ find, replacement: `${packages}/${folder}/${source.slice("./".length).replace("*", "$1")}` }];
  });
}

/**
 * The unit tests that Stryker runs against each mutant. It works on a copy of the repository whose node_modules is that
 * of the original, where `@rollcall/registry` would be the original too: so names of workspaces are paths here.
 */
export default defineConfig({
  resolve: { alias: USED.flatMap(aliasesOf) },
  test: {
    testTimeout: 15_000,
    include: ["packages/{registry,maintainer}/test/unit/**/*.test.ts"],
    // Each takes seconds, for every mutant that it meets.
    exclude: ["**/{fuzz,growth,injection,pass-crowds}.test.ts"],
  },
});
