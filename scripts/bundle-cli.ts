/**
 * Bundles the command line into `packages/cli/dist`, where `tsc` has put its types: a command then reads a few files when
 * it starts, and of our own packages what it uses and no more. All other packages stay outside.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundleClient, CLIENT_FOLDER } from "@rollcall/ui/bundle";
import { type BuildOptions, build } from "esbuild";
import { ROOT } from "./published-packages.ts";

const SOURCES = path.join(ROOT, "packages/cli/src");
const OUTPUT = path.join(ROOT, "packages/cli/dist");
const OURS = ["@rollcall/registry", "@rollcall/maintainer"];
/** All packages but ours. */
const OTHERS = [
  "@aws-sdk/*",
  "@rollcall/local",
  "commander",
  "fflate",
  "esbuild", // bundles the page where the command line runs from its sources
  "http-proxy-agent",
  "https-proxy-agent",
  "proxy-from-env",
  "yaml",
];

const COMMON = {
  outdir: OUTPUT,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22.12",
  conditions: ["@rollcall/source"],
  sourcemap: true,
  sourcesContent: false, // the sources are in the package
} satisfies BuildOptions;

// Parts have a hash of their content in their names, so that those of a former build would stay.
for (const file of readdirSync(OUTPUT, { recursive: true, encoding: "utf8" })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(path.join(OUTPUT, file));
}

// Each by itself: what they had in common would be parts of its own, and every further file costs a start its time.
for (const entry of ["main", "index", "config/config-process", "apply/manifest/manifest-process"]) {
  await build({
    ...COMMON,
    entryPoints: { [path.basename(entry)]: path.join(SOURCES, `${entry}.ts`) },
    splitting: true,
    external: OTHERS,
  });
}

// `rollcall dev` reloads the handler when the maintainer or the library changes: it takes them as they are installed.
await build({
  ...COMMON,
  entryPoints: { "handler-worker": path.join(SOURCES, "dev/handler-worker.ts") },
  external: [...OTHERS, ...OURS, ...OURS.map((name) => `${name}/*`)],
});

// The page's client, which its server sends as it is.
const client = path.join(OUTPUT, CLIENT_FOLDER);
rmSync(client, { recursive: true, force: true });
mkdirSync(client, { recursive: true });
for (const [name, content] of Object.entries(await bundleClient())) writeFileSync(path.join(client, name), content);
