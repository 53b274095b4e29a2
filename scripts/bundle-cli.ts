/**
 * Bundles the command line into `packages/cli/dist`, where `tsc` has put its types: a command then reads a few files at
 * its start, and of our own packages only what it uses. Other packages stay outside.
 */
import path from "node:path";
import { type BuildOptions, build } from "esbuild";
import { ROOT } from "./published-packages.ts";

const SOURCES = path.join(ROOT, "packages/cli/src");
const OURS = ["@rollcall/registry", "@rollcall/maintainer"];

const COMMON = {
  outdir: path.join(ROOT, "packages/cli/dist"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22.12",
  conditions: ["@rollcall/source"],
  sourcemap: true,
} satisfies BuildOptions;

/** All packages but ours. */
const OTHERS = [
  "@aws-sdk/*",
  "@rollcall/local",
  "commander",
  "http-proxy-agent",
  "https-proxy-agent",
  "proxy-from-env",
  "yaml",
];

await build({
  ...COMMON,
  entryPoints: {
    main: path.join(SOURCES, "main.ts"),
    index: path.join(SOURCES, "index.ts"),
    "config-worker": path.join(SOURCES, "config/config-worker.ts"),
    "manifest-worker": path.join(SOURCES, "apply/manifest/manifest-worker.ts"),
  },
  splitting: true,
  external: OTHERS,
});

// `rollcall dev` loads the handler anew when the maintainer or the library changes: these stay as they are installed.
await build({
  ...COMMON,
  entryPoints: { "handler-worker": path.join(SOURCES, "dev/handler-worker.ts") },
  external: [...OTHERS, ...OURS, ...OURS.map((name) => `${name}/*`)],
});
