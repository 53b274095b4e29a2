import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

/** Bundled code may be CommonJS in parts, and ask for its names. */
const COMMONJS_NAMES = `import { createRequire as __cr } from "node:module"; import { fileURLToPath as __fp } from "node:url";
const require = __cr(import.meta.url), __filename = __fp(import.meta.url), __dirname = __fp(new URL(".", import.meta.url));`;

const EXTERNAL = [
  "@pulumi/*",
  "@pulumiverse/*",
  "@sst-provider/*",
  "@aws-sdk/*",
  "undici",
  "esbuild",
  "archiver",
  "glob",
  "vite",
];

/** How a piece of code is evaluated. */
export interface Evaluation {
  /** Where the bundle goes: inside the platform, whose packages it finds from there. */
  outfile: string;
  /** The folder of the configuration. */
  root: string;
  platform: string;
  define?: Record<string, string>;
  inject?: string[];
  /** Put before everybody's code but the platform's own. */
  globals?: string;
  banner?: string;
}

/** Bundles and imports code that belongs to an SST configuration. Source: sst/sst, pkg/js/js.go. */
export async function evaluate(code: string, evaluation: Evaluation): Promise<Record<string, unknown>> {
  const { outfile, root, platform, define = {}, inject = [], globals = "", banner = "" } = evaluation;
  await build({
    stdin: { contents: code, resolveDir: root, sourcefile: "eval.ts", loader: "ts" },
    banner: { js: `${COMMONJS_NAMES}\n${banner}` },
    mainFields: ["module", "main"],
    format: "esm",
    platform: "node",
    bundle: true,
    sourcemap: "linked",
    outfile,
    define,
    inject,
    logLevel: "error",
    nodePaths: [path.join(platform, "node_modules")],
    external: EXTERNAL,
    plugins: [withGlobals(globals, path.dirname(platform)), withoutTopLevelImports(globals !== "")],
  });
  return (await import(pathToFileURL(outfile).href)) as Record<string, unknown>;
}

function withGlobals(globals: string, except: string): Plugin {
  return {
    name: "globals",
    setup(build) {
      build.onLoad({ filter: /\.(js|ts|jsx|tsx)$/ }, ({ path: file }) =>
        file.startsWith(except)
          ? undefined
          : { contents: `${globals}\n${readFileSync(file, "utf8")}`, loader: "default" },
      );
    },
  };
}

/** SST refuses them, for `app()` is evaluated before there are any components. */
function withoutTopLevelImports(globals: boolean): Plugin {
  return {
    name: "no-top-level-imports",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ importer, kind }) =>
        !globals && path.basename(importer) === "sst.config.ts" && kind === "import-statement"
          ? { errors: [{ text: "sst.config.ts must not have top-level imports" }] }
          : undefined,
      );
    },
  };
}
