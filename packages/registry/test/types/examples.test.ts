import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../../../..");
// Below node_modules, so that imports resolve as a user's would; a folder of its own, so that nothing else is checked.
const folder = path.join(root, "node_modules/.cache/examples");

/** The TypeScript blocks of a file: fenced ones, in Markdown or in a doc comment. */
function examplesOf(file: string): { where: string; code: string }[] {
  const text = readFileSync(path.join(root, file), "utf8");
  return [...text.matchAll(/^( \* |\s+\* )?```ts\n(.*?)^(?:\s*\* )?```/gms)].map((match) => ({
    where: `${file}:${text.slice(0, match.index).split("\n").length}`,
    code: (match[2] ?? "").replace(/^\s*\* ?/gm, match[1] === undefined ? "$&" : ""),
  }));
}

it("every example in the README, the guides and the doc comments typechecks", () => {
  const files = globSync(
    ["*.md", "docs/{adopting,operating,deploying,limiter,local,costs}.md", "packages/*/*.md", "packages/*/src/**/*.ts"],
    // The CDK is installed only where what is deployed with it is checked; its page says no more than those tests do.
    { cwd: root, exclude: ["packages/cdk/**"] },
  );
  const examples = files.sort().flatMap(examplesOf);
  expect(examples.length).toBeGreaterThan(10);

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
  };
  const tsconfig = { extends: path.join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(tsconfig));

  const { stdout } = spawnSync(path.join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  const errors = stdout.replace(/^.*?(\d+)\.ts\(/gm, (found, i) => `${examples[Number(i)]?.where ?? found} (`);
  expect(errors).toBe("");
});
