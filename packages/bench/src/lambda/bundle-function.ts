import { mkdir } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const ROOT = path.resolve(import.meta.dirname, "../../../..");
/** Below the root, so that bundles find the AWS SDK as they find it in Lambda. */
const OUTPUT = path.join(ROOT, "node_modules/.cache/bench");

/** What SST's CLI puts before a bundle, for packages that are no modules. Source: sst/sst, pkg/runtime/node/build.go. */
const BANNER = `import { createRequire as topLevelCreateRequire } from 'module';
const require = topLevelCreateRequire(import.meta.url);`;

/** A handler's module, bundled. */
export interface FunctionBundle {
  readonly file: string;
  readonly bytes: number;
}

/** Bundles a handler as it is deployed: minified, with a source map beside, and without the SDK, which the runtime has. */
export async function bundleFunction(name: string, source: string): Promise<FunctionBundle> {
  await mkdir(OUTPUT, { recursive: true });
  const file = path.join(OUTPUT, `${name}.mjs`);
  const { metafile } = await build({
    entryPoints: [path.join(ROOT, source)],
    outfile: file,
    absWorkingDir: ROOT,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "es2024",
    mainFields: ["module", "main"],
    conditions: ["@rollcall/source"],
    keepNames: true,
    minify: true,
    sourcemap: "linked",
    external: ["@aws-sdk/*"],
    banner: { js: BANNER },
    metafile: true,
    logLevel: "silent",
  });
  return { file, bytes: metafile.outputs[path.relative(ROOT, file)]?.bytes ?? 0 };
}
