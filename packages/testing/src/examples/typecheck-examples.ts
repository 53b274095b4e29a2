import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../../../..");

/** What is checked, and how. */
export interface ExampleCheck {
  /** Globs of the files that hold examples, from the repository's root. */
  include: readonly string[];
  exclude?: readonly string[];
  /** The package from which imports resolve, from the repository's root. */
  package: string;
  /** Settings of the compiler that differ from the repository's. */
  compilerOptions?: Readonly<Record<string, unknown>>;
}

/** The number of examples that files hold, and what the compiler says of them: nothing, where all is well. */
export function typecheckExamples(check: ExampleCheck): { count: number; errors: string } {
  const files = globSync([...check.include], { cwd: ROOT, exclude: [...(check.exclude ?? [])] });
  const examples = files.sort().flatMap(examplesOf);
  // Below node_modules, so that imports resolve as a user's would; a folder of its own, so that nothing else is checked.
  const folder = path.join(ROOT, check.package, "node_modules/.cache/examples");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [i, { where, code }] of examples.entries()) {
    writeFileSync(path.join(folder, `${i}.ts`), `// ${where}\nexport {};\n${code}`);
  }
  const compilerOptions = {
    noEmit: true,
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
    noUnusedLocals: false,
    ...check.compilerOptions,
  };
  const tsconfig = { extends: path.join(ROOT, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const { stdout } = spawnSync(path.join(ROOT, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  const errors = stdout.replace(/^.*?(\d+)\.ts\(/gm, (found, i) => `${examples[Number(i)]?.where ?? found} (`);
  return { count: examples.length, errors };
}

/** The TypeScript blocks of a file: fenced ones, in Markdown or in a doc comment. */
function examplesOf(file: string): { where: string; code: string }[] {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  return [...text.matchAll(/^( \* |\s+\* )?```ts\n(.*?)^(?:\s*\* )?```/gms)].map((match) => ({
    where: `${file}:${text.slice(0, match.index).split("\n").length}`,
    code: (match[2] ?? "").replace(/^\s*\* ?/gm, match[1] === undefined ? "$&" : ""),
  }));
}
