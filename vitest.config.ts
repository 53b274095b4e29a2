import { defineConfig } from "vitest/config";

// Workspaces use each other's sources: tests never run against a stale build.
const conditions = ["@rollcall/source", "node", "import", "default"];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };

export default defineConfig({
  test: {
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
      { ...shared, test: { name: "types", include: ["packages/*/test/types/**/*.test.ts"], testTimeout: 120_000 } },
      {
        ...shared,
        test: {
          name: "stacks",
          include: ["stacks/test/**/*.test.ts"],
          globalSetup: "stacks/test/setup.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
