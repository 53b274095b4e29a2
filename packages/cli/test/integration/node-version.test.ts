import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { LEAST_NODE_VERSION } from "@rollcall/registry/node-version";
import { describe, expect, it } from "vitest";

const packages = path.resolve(import.meta.dirname, "../../..");

/** Runs this Node as if it were another. */
async function run(version: string, ...words: string[]): Promise<string> {
  const versions = `{ ...process.versions, node: ${JSON.stringify(version)} }`;
  const pretend = `data:text/javascript,Object.defineProperty(process, "versions", { value: ${versions} })`;
  const argv = ["--conditions=@rollcall/source", "--import", pretend, ...words];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { cwd: import.meta.dirname });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}

describe.each(["@rollcall/registry", "@rollcall/maintainer", "@rollcall/local", "@rollcall/cli"])(
  "importing %s",
  (name) => {
    const needs = name === "@rollcall/local" ? name : "@rollcall/registry";
    const script = `import(${JSON.stringify(name)}).then(() => console.log("loaded"), (e) => console.log(e.message))`;

    it.each(["18.20.4", "20.20.2", "22.11.0"])("on Node %s throws one line", async (version) => {
      expect(await run(version, "--eval", script)).toBe(`${needs} needs Node 22.12 or newer; this is ${version}\n`);
    });

    it.each(["22.12.0", "24.0.0", "100.1.0"])("on Node %s works", async (version) => {
      expect(await run(version, "--eval", script)).toBe("loaded\n");
    });

    it("needs what its manifest says", () => {
      const manifest = path.join(packages, name.replace("@rollcall/", ""), "package.json");
      expect(JSON.parse(readFileSync(manifest, "utf8")).engines.node).toBe(`>=${LEAST_NODE_VERSION}`);
    });
  },
);

it("the rollcall command on an older Node prints one line", async () => {
  const main = path.join(packages, "cli/src/main.ts");
  expect(await run("20.20.2", main, "--version")).toBe(
    "@rollcall/registry needs Node 22.12 or newer; this is 20.20.2\n",
  );
});

it("the check of @rollcall/local, which imports nothing of ours, is that of @rollcall/registry", () => {
  const [own, theirs] = ["local", "registry"].map((name) => {
    const text = readFileSync(path.join(packages, name, "src/node-version.ts"), "utf8");
    return text.slice(text.indexOf("const [leastMajor")).replaceAll(`@rollcall/${name}`, "");
  });
  expect(own).toBe(theirs);
});
