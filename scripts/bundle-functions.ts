/** Bundles the maintainer's Lambda entries as they are deployed without a bundler of one's own: one module each. */
import path from "node:path";
import { build } from "esbuild";
import { ROOT } from "./published-packages.ts";

const maintainer = path.join(ROOT, "packages/maintainer");

await build({
  entryPoints: ["stream", "sweep"].map((name) => path.join(maintainer, `src/lambda/${name}.ts`)),
  outdir: path.join(maintainer, "dist/functions"),
  outExtension: { ".js": ".mjs" },
  conditions: ["@rollcall/source"],
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22",
  minify: true,
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  // The runtime has the SDK: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
  external: ["@aws-sdk/*"],
  logLevel: "warning",
});
