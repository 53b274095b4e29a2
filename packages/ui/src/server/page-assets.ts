import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { ClientFiles } from "./bundle-client.ts";
import { CLIENT_FOLDER } from "./client-folder.ts";

/** A file of the page, as it goes over the wire. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
}

/** The page's files by their path, but for the page itself. */
export type PageAssets = ReadonlyMap<string, Asset>;

const TYPES = {
  "page.js": "text/javascript; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
} satisfies Record<keyof ClientFiles, string>;

/** The client: as the build left it beside this code, or bundled now where this code runs from its sources. */
export async function loadAssets(): Promise<PageAssets> {
  const files = import.meta.filename.endsWith(".ts") ? await bundled() : await built();
  const entries = Object.entries(files).map(async ([name, content]) => {
    const body = Buffer.from(content);
    return [
      `/${name}`,
      { type: TYPES[name as keyof ClientFiles], body, gzipped: await promisify(gzip)(body) },
    ] as const;
  });
  return new Map(await Promise.all(entries));
}

async function bundled(): Promise<ClientFiles> {
  const { bundleClient } = await import("./bundle-client.ts");
  return await bundleClient();
}

async function built(): Promise<ClientFiles> {
  const read = (name: keyof ClientFiles) => readFile(path.join(import.meta.dirname, CLIENT_FOLDER, name));
  return { "page.js": await read("page.js"), "page.css": await read("page.css") };
}
