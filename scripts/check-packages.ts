/**
 * Checks the published packages as a stranger gets them: the tarballs of `npm run pack`, installed in an empty project,
 * imported by plain Node, typechecked by a plain `tsc`, used as docs/modules.md says, and looked over by publint and "are
 * the types wrong".
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { publishedPackages, ROOT } from "./published-packages.ts";
import { runPage } from "./run-page.ts";

/** What only this check needs: installed by it alone. */
const TOOLS = ["publint@0.3.25", "@arethetypeswrong/cli@0.18.5"];
const OLDEST_NODE = "node@22.12.0";

/** What npm installed, by its folder. */
interface Lock {
  packages: Record<string, { hasInstallScript?: boolean }>;
}

const run = (command: string, args: readonly string[], cwd: string) =>
  execFileSync(command, args, { cwd, stdio: "inherit" });
const bins = (folder: string) => path.join(folder, "node_modules/.bin");
const packages = publishedPackages();

const temporary = mkdtempSync(path.join(tmpdir(), "rollcall-packages-"));
const project = path.join(temporary, "project");
const tools = path.join(temporary, "tools");
const oldest = path.join(temporary, "oldest");
try {
  for (const folder of [project, tools, oldest]) {
    mkdirSync(folder);
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  }
  run("npm", ["install", "--silent", "--ignore-scripts", ...TOOLS], tools);
  run("npm", ["install", "--silent", OLDEST_NODE], oldest);
  // Install scripts are refused: a user of the packages must not need any.
  const tarballs = packages.map(({ tarball }) => tarball);
  run("npm", ["install", "--silent", "--ignore-scripts", ...tarballs, "@types/node"], project);

  checkTarballs();
  checkInstalled();
  checkImports();
  await checkPage();
  for (const node of [bins(oldest), path.dirname(process.execPath)]) {
    const PATH = [node, bins(ROOT), process.env.PATH].join(path.delimiter);
    runPage(path.join(ROOT, "docs/modules.md"), project, { ...process.env, PATH, AWS_REGION: "eu-central-1" });
  }
  process.stdout.write("docs/modules.md: works as it says, on Node 22.12 and on this one.\n");
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function checkTarballs(): void {
  for (const { folder, tarball } of packages) {
    const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).split("\n");
    const tests = files.filter((file) => /(^|\/)tests?\/|\.test\./.test(file));
    if (tests.length > 0) throw new Error(`There are tests in ${tarball}: ${tests.join(", ")}.`);
    run(path.join(bins(tools), "publint"), ["--strict", folder], ROOT);
    run(path.join(bins(tools), "attw"), [tarball, "--profile", "esm-only", "--format", "table-flipped"], ROOT);
  }
}

function checkInstalled(): void {
  const lock = JSON.parse(readFileSync(path.join(project, "node_modules/.package-lock.json"), "utf8")) as Lock;
  const scripted = Object.keys(lock.packages).filter((name) => lock.packages[name]?.hasInstallScript);
  if (scripted.length > 0) throw new Error(`There are install scripts in ${scripted.join(", ")}.`);
  run(path.join(bins(project), "rollcall"), ["--version"], project);
}

/** The page comes with the command line: its client is there, and nothing of it is fetched from elsewhere. */
async function checkPage(): Promise<void> {
  const options = ["dev", "--engine", "memory", "--json"];
  const loop = spawn(path.join(bins(project), "rollcall"), options, {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface({ input: loop.stdout }), "line");
    const { ui } = JSON.parse(line) as { ui: string };
    for (const name of ["", "page.js", "page.css", "api/registries"]) {
      const { ok, status } = await fetch(new URL(name, ui));
      if (!ok) throw new Error(`The page's /${name} has status ${status}.`);
    }
    process.stdout.write("The page of rollcall dev: served from the package.\n");
  } finally {
    loop.kill("SIGINT");
  }
}

/** Every entry of every package, by plain Node and by `tsc`. */
function checkImports(): void {
  const specifiers = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((subpath) => !subpath.includes("*")) // code to deploy, not to import
      .map((subpath) => path.posix.join(manifest.name, subpath)),
  );
  const imports = specifiers.map((specifier, i) => `import * as m${i} from ${JSON.stringify(specifier)};`);
  const checks = specifiers.map((_, i) => `if (Object.keys(m${i}).length === 0) throw new Error("empty module");`);
  writeFileSync(path.join(project, "main.mts"), `${[...imports, ...checks].join("\n")}\n`);
  run(
    path.join(bins(ROOT), "tsc"),
    "--module nodenext --strict --outDir out --types node main.mts".split(" "),
    project,
  );
  // The Lambda entries read their table's name when they are loaded.
  execFileSync(process.execPath, ["out/main.mjs"], { cwd: project, env: { ...process.env, ROLLCALL_TABLE: "limits" } });
  process.stdout.write(`${specifiers.join(", ")}: imported by plain Node and by tsc.\n`);
}
