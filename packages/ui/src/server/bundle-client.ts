import path from "node:path";
import { build } from "esbuild";

export { CLIENT_FOLDER } from "./client-folder.ts";

/** The files of the client, as they are served. */
export interface ClientFiles {
  readonly "page.js": Uint8Array;
  readonly "page.css": Uint8Array;
}

const CLIENT = path.join(import.meta.dirname, "../client");

/** Bundles the page's client from its sources. */
export async function bundleClient(): Promise<ClientFiles> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: path.join(CLIENT, "main.tsx"), out: "page" },
      { in: path.join(CLIENT, "page.css"), out: "page" },
    ],
    outdir: CLIENT, // nothing is written
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["chrome123", "firefox121", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
  });
  const contentOf = (name: string) => {
    const file = outputFiles.find((each) => path.basename(each.path) === name);
    if (file === undefined) throw new Error(`The client has no ${name}.`);
    return file.contents;
  };
  return { "page.js": contentOf("page.js"), "page.css": contentOf("page.css") };
}
