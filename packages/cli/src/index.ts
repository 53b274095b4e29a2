import "@rollcall/registry/node-version";

export { ManifestError } from "./apply/manifest/errors.ts";
export { formatManifest } from "./apply/manifest/format-manifest.ts";
export { type Manifest, parseManifest } from "./apply/manifest/manifest.ts";
export { main } from "./cli.ts";
export { defineConfig, type RollcallConfig } from "./config/define-config.ts";
export { loadRegistries } from "./config/load-config.ts";
export { formatLimit, LimitTextError, parseLimit } from "./options/limit-text.ts";
export { type Io, processIo } from "./terminal/io.ts";
