import { defineConfig } from "vitest/config";

// Other packages are used by their sources, as in the tests of the workspace.
const resolution = { resolve: { conditions: ["@rollcall/source", "node", "import", "default"] } };

export default defineConfig({
  ...resolution,
  ssr: resolution,
  test: { root: import.meta.dirname, testTimeout: 60_000 },
});
