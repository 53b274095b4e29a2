/** Bundles the CDK construct into `packages/cdk/dist`, where `tsc` has put its types, with the code of the functions. */
import { cpSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { ROOT } from "./published-packages.ts";

const cdk = path.join(ROOT, "packages/cdk");

await build({
  entryPoints: [path.join(cdk, "src/index.ts")],
  outdir: path.join(cdk, "dist"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22",
  conditions: ["@rollcall/source"],
  sourcemap: true,
  sourcesContent: false,
  external: ["@aws-sdk/*", "aws-cdk-lib", "aws-cdk-lib/*", "constructs"],
});
cpSync(path.join(ROOT, "packages/maintainer/dist/functions"), path.join(cdk, "dist/functions"), { recursive: true });
