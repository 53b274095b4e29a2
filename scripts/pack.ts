/** Builds what is published from nothing, and packs it into `artifacts/`: tarballs that npm installs as it would the packages. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { ARTIFACTS, publishedPackages, ROOT } from "./published-packages.ts";

// What a former build left in `dist` would be packed too.
for (const { folder } of publishedPackages()) rmSync(path.join(folder, "dist"), { recursive: true, force: true });
for (const script of ["build", "build:cdk"]) {
  execFileSync("npm", ["run", "--silent", script], { cwd: ROOT, stdio: "inherit" });
}

rmSync(ARTIFACTS, { recursive: true, force: true });
mkdirSync(ARTIFACTS);
for (const { folder, tarball } of publishedPackages()) {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", ARTIFACTS], { cwd: folder, stdio: "ignore" });
  process.stdout.write(`${path.relative(ROOT, tarball)}\n`);
}
