/**
 * Checks the published packages as a stranger gets them: packed, unpacked into an empty project, imported by plain Node,
 * typechecked by a plain `tsc`, and looked over by publint and "are the types wrong".
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
const packages = readdirSync(path.join(root, "packages"))
  .map((folder) => path.join(root, "packages", folder))
  .map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest,
  }))
  .filter(({ manifest }) => manifest.private !== true);

const project = mkdtempSync(path.join(tmpdir(), "rollcall-packages-"));
try {
  const modules = path.join(project, "node_modules");
  for (const { folder, manifest } of packages) {
    run(bin("publint"), ["--strict", folder]);
    run(bin("attw"), ["--pack", folder, "--profile", "esm-only", "--format", "ascii"]);
    const target = path.join(modules, manifest.name);
    mkdirSync(target, { recursive: true });
    run("npm", ["pack", "--silent", "--pack-destination", project], folder);
    const tarball = `${manifest.name.replace("@", "").replace("/", "-")}-0.1.0.tgz`;
    run("tar", ["-xzf", path.join(project, tarball), "-C", target, "--strip-components", "1"]);
  }
  // What the packages depend on is the workspace's own installation; what is checked is how they import it.
  for (const entry of readdirSync(path.join(root, "node_modules"))) {
    if (entry !== "@rollcall") symlinkSync(path.join(root, "node_modules", entry), path.join(modules, entry));
  }
  const specifiers = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports).map((subpath) => path.posix.join(manifest.name, subpath)),
  );
  const imports = specifiers.map((specifier, i) => `import * as m${i} from ${JSON.stringify(specifier)};`).join("\n");
  const check = specifiers.map((_, i) => `if (Object.keys(m${i}).length === 0) throw new Error("empty module");`);
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(path.join(project, "main.mts"), `${imports}\n${check.join("\n")}\n`);
  run(bin("tsc"), "--module nodenext --strict --outDir out --types node main.mts".split(" "), project);
  run(process.execPath, ["out/main.mjs"], project);
  process.stdout.write(`${specifiers.join(", ")}: imported by plain Node and by tsc.\n`);
} finally {
  rmSync(project, { recursive: true, force: true });
}
