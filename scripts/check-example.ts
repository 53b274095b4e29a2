/**
 * Runs examples/tenants as a stranger would: with the tarballs of `npm run pack`, in a folder of its own. Fails if it does
 * not typecheck, its command line does not read its configuration, or its run does not heal.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { publishedPackages, ROOT } from "./published-packages.ts";

/** What the workspace has already, at the same versions; SST alone is 70 MB. */
const FROM_WORKSPACE = ["sst", "typescript"];

/** With the Node that runs this script, not the machine's. */
const ENVIRONMENT = {
  ...process.env,
  PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
};

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

const folder = mkdtempSync(path.join(tmpdir(), "rollcall-example-"));
try {
  cpSync(path.join(ROOT, "examples/tenants"), folder, {
    recursive: true,
    filter: (file) => !/node_modules|\.sst$/.test(path.relative(ROOT, file)),
  });
  install();
  execFileSync(process.execPath, ["stacks/prepare.ts"], { cwd: ROOT, stdio: "inherit" });
  symlinkSync(path.join(ROOT, ".sst"), path.join(folder, ".sst"));
  run(path.join(ROOT, "node_modules/.bin/tsc"), ["-p", "."]);
  checkConfig();
  run("npm", ["start", "--silent"]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Installs what its package.json names, our own packages from their tarballs. Install scripts are refused. */
function install(): void {
  const file = path.join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  const { dependencies, devDependencies } = manifest;
  for (const name of FROM_WORKSPACE) delete devDependencies[name];
  for (const { manifest: published, tarball } of publishedPackages()) {
    for (const wanted of [dependencies, devDependencies])
      if (published.name in wanted) wanted[published.name] = tarball;
    // What the others need is a tarball too, for nothing is in the registry.
    if (!(published.name in dependencies)) devDependencies[published.name] ??= tarball;
  }
  writeFileSync(file, JSON.stringify(manifest));
  run("npm", ["install", "--silent", "--ignore-scripts"]);
}

/** The command line reads the configuration: asked for no registry, it says which ones there are. */
function checkConfig(): void {
  const rollcall = path.join(folder, "node_modules/.bin/rollcall");
  const { status, stderr } = spawnSync(rollcall, ["registry", "list"], {
    cwd: folder,
    env: ENVIRONMENT,
    encoding: "utf8",
  });
  if (status !== 2 || !/names tenants, projects/.test(stderr)) {
    throw new Error(`rollcall does not read the example's configuration: status ${status}, ${stderr}`);
  }
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { cwd: folder, stdio: "inherit", env: ENVIRONMENT });
}
