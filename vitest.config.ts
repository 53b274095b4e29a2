import { availableParallelism } from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";

// Hundreds of processes load the same sources: each finds them compiled, by what they hold.
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, "node_modules/.cache/node-compile");

// Workspaces use each other's sources: tests never run against a stale build.
const conditions = ["@rollcall/source", "node", "import", "default"];
const resolution = { resolve: { conditions } };
// Global set-up files run in an environment of the runner's own, which takes over nothing from the others.
const shared = { ...resolution, ssr: resolution, environments: { __vitest__: resolution } };

export default defineConfig({
  test: {
    // One more than there are cores: some files wait, for time-outs that they test.
    maxWorkers: availableParallelism() + 1,
    // CI reads the count of the tests from the runner's own report.
    reporters: process.env.CI ? ["default", ["json", { outputFile: "reports/tests.json" }]] : ["default"],
    projects: [
      // Properties take a while on a busy machine.
      { ...shared, test: { name: "unit", include: ["packages/*/test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        ...shared,
        test: {
          name: "integration",
          include: ["packages/*/test/integration/**/*.test.ts"],
          globalSetup: "packages/testing/src/dynamodb/announce-engines.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // What holds for all sources and documents, not for one package.
      { ...shared, test: { name: "house", include: ["scripts/test/**/*.test.ts"], testTimeout: 60_000 } },
      { ...shared, test: { name: "types", include: ["packages/*/test/types/**/*.test.ts"], testTimeout: 120_000 } },
      // The page in a real browser, one file after the other: what is measured is the page.
      {
        ...shared,
        test: {
          name: "browser",
          include: ["packages/*/test/browser/**/*.test.ts"],
          globalSetup: "packages/testing/src/browser/install-in-ci.ts",
          sequence: { groupOrder: 2 },
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: "stacks",
          include: ["stacks/test/**/*.test.ts"],
          globalSetup: "stacks/test/setup.ts",
          // Afterwards, one file after the other: the functions' start-up is measured.
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
