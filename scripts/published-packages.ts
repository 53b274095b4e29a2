import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "..");

/** Where `npm run pack` puts the tarballs. */
export const ARTIFACTS = path.join(ROOT, "artifacts");

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** A package that is made for others to install. */
export interface PublishedPackage {
  readonly folder: string;
  readonly manifest: Manifest;
  /** The path of its tarball, by npm's rule for the name. */
  readonly tarball: string;
}

/** Every package that is not private, in the order of their folders. */
export function publishedPackages(): PublishedPackage[] {
  return readdirSync(path.join(ROOT, "packages"))
    .map((name) => path.join(ROOT, "packages", name))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => {
      const name = manifest.name.replace("@", "").replace("/", "-");
      return { folder, manifest, tarball: path.join(ARTIFACTS, `${name}-${manifest.version}.tgz`) };
    });
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;
}
