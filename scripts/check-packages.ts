/**
 * Checks the published packages as a stranger gets them: packed, installed in an empty project, imported by plain Node,
 * typechecked by a plain `tsc`, and looked over by publint and "are the types wrong".
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const bin = (name: string) => path.join(root, "node_modules/.bin", name);
const run = (command: string, args: string[], cwd = root) => execFileSync(command, args, { cwd, stdio: "inherit" });

interface Manifest {
  name: string;
  private?: boolean;
  exports: Record<string, unknown>;
}
/** What npm installed, by its folder. */
interface Lock {
  packages: Record<string, { hasInstallScript?: boolean }>;
}
const packages = readdirSync(path.join(root, "packages"))
  .map((folder) => path.join(root, "packages", folder))
  .map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest,
  }))
  .filter(({ manifest }) => manifest.private !== true);

const project = mkdtempSync(path.join(tmpdir(), "rollcall-packages-"));
try {
  for (const { folder } of packages) {
    run(bin("publint"), ["--strict", folder]);
    run(bin("attw"), ["--pack", folder, "--profile", "esm-only", "--format", "table-flipped"]);
    run("npm", ["pack", "--silent", "--pack-destination", project], folder);
  }
  const tarballs = readdirSync(project).map((file) => `./${file}`);
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ type: "module" }));
  // Install scripts are refused: a user of the packages must not need any.
  run("npm", ["install", "--silent", "--ignore-scripts", ...tarballs, "@types/node"], project);
  const lock = JSON.parse(readFileSync(path.join(project, "node_modules/.package-lock.json"), "utf8")) as Lock;
  const scripted = Object.keys(lock.packages).filter((name) => lock.packages[name]?.hasInstallScript);
  if (scripted.length > 0) throw new Error(`There are install scripts in ${scripted.join(", ")}.`);

  const specifiers = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports).map((subpath) => path.posix.join(manifest.name, subpath)),
  );
  const imports = specifiers.map((specifier, i) => `import * as m${i} from ${JSON.stringify(specifier)};`);
  const checks = specifiers.map((_, i) => `if (Object.keys(m${i}).length === 0) throw new Error("empty module");`);
  writeFileSync(path.join(project, "main.mts"), `${[...imports, ...checks].join("\n")}\n`);
  run(bin("tsc"), "--module nodenext --strict --outDir out --types node main.mts".split(" "), project);
  // The Lambda entry reads its table's name when it is loaded.
  execFileSync(process.execPath, ["out/main.mjs"], { cwd: project, env: { ...process.env, ROLLCALL_TABLE: "limits" } });
  run(path.join(project, "node_modules/.bin/rollcall"), ["--version"], project);
  process.stdout.write(`${specifiers.join(", ")}: imported by plain Node and by tsc.\n`);
} finally {
  rmSync(project, { recursive: true, force: true });
}
