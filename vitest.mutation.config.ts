import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("packages", import.meta.url));

/**
 * The unit tests that Stryker runs against each mutant. It works on a copy of the repository whose node_modules is that
 * of the original, where `@rollcall/registry` would be the original too: so names of workspaces are paths here.
 */
export default defineConfig({
  resolve: {
    alias: [
      { find: "@rollcall/registry/schema", replacement: `${packages}/registry/src/resources/schema.ts` },
      { find: "@rollcall/registry/resources", replacement: `${packages}/registry/src/resources/index.ts` },
      { find: "@rollcall/registry/internal", replacement: `${packages}/registry/src/internal.ts` },
      { find: "@rollcall/registry/protocol", replacement: `${packages}/registry/src/protocol/index.ts` },
      { find: "@rollcall/maintainer/drifts", replacement: `${packages}/maintainer/src/drifts/drifts.ts` },
      { find: /^@rollcall\/testing\/(.+)$/, replacement: `${packages}/testing/src/$1.ts` },
      { find: /^@rollcall\/([\w-]+)$/, replacement: `${packages}/$1/src/index.ts` },
    ],
  },
  test: {
    testTimeout: 15_000,
    include: ["packages/{registry,maintainer}/test/unit/**/*.test.ts"],
    // Each takes seconds, for every mutant that it meets.
    exclude: ["**/{fuzz,growth,injection,pass-crowds}.test.ts"],
  },
});
