import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import type { Bundle } from "./graph.ts";

/** What SST's components ask of the CLI when a function is to be built. */
export interface BuildRequest {
  functionID: string;
  handler: string;
  properties: { minify?: boolean; sourcemap?: boolean; esbuild?: { external?: string[] } };
}

/** What the CLI answers. */
export interface BuildAnswer {
  handler: string;
  out: string;
  errors: string[];
  sourcemaps: string[];
}

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

const BANNER = `import { createRequire as topLevelCreateRequire } from 'module';
const require = topLevelCreateRequire(import.meta.url);
import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"
const __filename = topLevelFileUrlToPath(import.meta.url)
const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))
`;

/**
 * Bundles a handler as the SST CLI does, by the esbuild version that it contains. Source: sst/sst,
 * pkg/runtime/node/build.go. It knows no export conditions, so packages are bundled as they are published.
 */
export async function bundleHandler(
  { functionID, handler, properties }: BuildRequest,
  { root, output }: { root: string; output: string },
): Promise<{ answer: BuildAnswer; bundle: Bundle }> {
  const exported = path.extname(handler).slice(1);
  const module = handler.slice(0, -exported.length - 1);
  const source = EXTENSIONS.map((extension) => path.join(root, module + extension)).find(existsSync);
  if (source === undefined) throw new Error(`Handler not found: ${handler}`);
  const out = path.join(output, functionID);
  const file = path.join(out, `${module}.mjs`);
  const { metafile } = await build({
    entryPoints: [source],
    outfile: file,
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "es2024",
    mainFields: ["module", "main"],
    keepNames: true,
    minify: properties.minify ?? false,
    sourcemap: properties.sourcemap === false ? false : "linked",
    external: ["sharp", "pg-native", ...(properties.esbuild?.external ?? [])],
    banner: { js: BANNER },
    metafile: true,
    logLevel: "silent",
  });
  const exports = metafile.outputs[path.relative(root, file)]?.exports ?? [];
  if (!exports.includes(exported)) throw new Error(`${handler}: ${source} exports no "${exported}"`);
  return {
    answer: { handler, out, errors: [], sourcemaps: properties.sourcemap === undefined ? [`${file}.map`] : [] },
    bundle: { functionName: functionID, handler, file, bytes: statSync(file).size },
  };
}
