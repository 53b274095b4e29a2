import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { loadConfig, loadRegistries } from "../../../src/config/load-config.ts";
import { UsageError } from "../../../src/errors.ts";
import { Project, TENANTS_CONFIG } from "../../fixtures/project.ts";

let project: Project;
afterEach(() => project[Symbol.dispose]());

const never = new AbortController().signal;
const load = (files: Record<string, string>, timeoutMs?: number) => {
  project = new Project(files);
  return loadConfig({ folder: project.folder, timeoutMs }, never);
};
const TENANTS = `{ name: "tenants", key: { partition: "id" }, member: { partition: "TENANT#{member}" },
  registry: { partition: "SYSTEM#", attribute: "tenants" } }`;

describe("loadConfig", () => {
  it("reads TypeScript, and what it names", async () => {
    const config = await load({ "rollcall.config.ts": TENANTS_CONFIG });
    expect(config).toMatchObject({ file: project.path("rollcall.config.ts"), table: "app", region: "eu-west-1" });
    expect(config?.registries.map(({ name }) => name)).toEqual(["tenants", "projects"]);
  });

  it("reads TypeScript in a package that npm init made, which says commonjs", async () => {
    const config = await load({ "rollcall.config.ts": TENANTS_CONFIG, "package.json": `{ "type": "commonjs" }` });
    expect(config?.registries).toHaveLength(2);
  });

  it("finds the nearest file upwards", async () => {
    project = new Project({
      "rollcall.config.mjs": `export default { registries: [${TENANTS}] };`,
      "a/rollcall.config.js": `export default { table: "nearer", registries: [${TENANTS}] };`,
      "a/package.json": `{ "type": "module" }`,
      "a/b/c/file": "",
      "d/file": "",
    });
    const tableFrom = async (folder: string) => (await loadConfig({ folder: project.path(folder) }, never))?.file;
    expect(await tableFrom("a/b/c")).toBe(project.path("a/rollcall.config.js"));
    expect(await tableFrom("d")).toBe(project.path("rollcall.config.mjs"));
  });

  it("reads the file that is named in place of one that is nearer", async () => {
    project = new Project({
      "rollcall.config.ts": "throw new Error();",
      "other.mjs": `export default { table: "other", registries: [${TENANTS}] };`,
    });
    const config = await loadConfig({ folder: project.folder, file: "other.mjs" }, never);
    expect(config?.table).toBe("other");
  });

  it("finds none in a folder without one", async () => {
    expect(await load({})).toBeUndefined();
    expect(await loadRegistries(project.folder)).toBeUndefined();
  });

  it("prints nothing that a configuration prints", async () => {
    const config = await load({
      "rollcall.config.mjs": `console.log("noise"); export default { registries: [${TENANTS}] };`,
    });
    expect(config?.registries).toHaveLength(1);
  });

  it("ends with the signal's reason while a configuration loads", async () => {
    project = new Project({ "rollcall.config.mjs": "await new Promise(() => setInterval(() => {}, 1000));" });
    const reason = new Error("enough");
    const aborted = new AbortController();
    const loading = loadConfig({ folder: project.folder }, aborted.signal);
    aborted.abort(reason);
    await expect(loading).rejects.toBe(reason);
  });
});

describe("loadConfig refuses in one line, with the file and the option,", () => {
  it.each<[string, string, RegExp]>([
    ["code that throws", "\n\nthrow new Error('no such thing')", /^rollcall\.config\.mjs:3: no such thing$/],
    ["code that throws no error", "throw 'text'", /^rollcall\.config\.mjs: text$/],
    ["a syntax error", "export default {\n  registries: [;\n}", /^rollcall\.config\.mjs: Unexpected token ';'$/],
    ["a missing import", "import 'not-there'", /^rollcall\.config\.mjs: Cannot find package 'not-there'/],
    ["a process that ends", "process.exit(0)", /^rollcall\.config\.mjs: it ended the process while it loaded/],
    [
      "no default export",
      "export const x = 1",
      /^rollcall\.config\.mjs: it has no default export; write "export default/,
    ],
    ["a default export that is no object", "export default []", /its default export is no object/],
    ["a function in it", "export default { registries: [() => {}] }", /: its default export holds more than data/],
    ["a promise", "export default Promise.resolve({})", /: its default export holds more than data/],
    [
      "an unknown option",
      "export default { tables: 1 }",
      /: option "tables" is unknown; known are table, region, registries/,
    ],
    ["a table that is none", "export default { table: 'a b' }", /: option table cannot be "a b"/],
    ["a table of another type", "export default { table: 5 }", /: option table cannot be of type number/],
    ["a Region that is none", "export default { region: 'eu west' }", /: option region cannot be "eu west"/],
    ["no registries", "export default {}", /: option registries is no list/],
    ["an empty list of registries", "export default { registries: [] }", /: option registries: There is no registry/],
    [
      "a registry that is nothing",
      "export default { registries: [null] }",
      /: option registries\[0\]: Invalid registry/,
    ],
    [
      "a circle",
      "const key = {}; key.key = key; export default { registries: [{ name: 'a', key }] }",
      /: option registries\[0\] \("a"\): /,
    ],
    [
      "an invalid definition",
      `export default { registries: [${TENANTS.replace("{member}", "member")}] }`,
      /: option registries\[0\] \("tenants"\): Invalid registry definition: member must hold \{member\} once/,
    ],
    [
      "two registries of one name",
      `export default { registries: [${TENANTS}, ${TENANTS}] }`,
      /: option registries: Registries "tenants" and "tenants" have the same name/,
    ],
  ])("%s", async (_, text, message) => {
    const error: unknown = await load({ "rollcall.config.mjs": text }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
  });

  // The last is what a terminal does to all processes of a command: the command itself tells of it.
  it.each(["await new Promise(() => setInterval(() => {}, 1000))", "for (;;);", "process.kill(process.pid, 'SIGINT')"])(
    "code that takes too long: %s",
    async (text) => {
      await expect(load({ "rollcall.config.mjs": text }, 300)).rejects.toThrow(
        "rollcall.config.mjs: it took longer than 0.3 s to load; export plain data from it.",
      );
    },
  );

  it.each<[string, string, RegExp]>([
    ["a syntax error", "export default {\n  registries: [;\n}", /^rollcall\.config\.ts:2: Expression expected/],
    [
      "syntax that is more than types",
      "enum A { b }\nexport default {}",
      /^rollcall\.config\.ts:1: TypeScript enum is not supported/,
    ],
  ])("%s of TypeScript", async (_, text, message) => {
    const error: unknown = await load({ "rollcall.config.ts": text }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
  });

  it("a module that its package takes for CommonJS", async () => {
    const files = { "rollcall.config.js": "import 'node:path'", "package.json": `{ "type": "commonjs" }` };
    await expect(load(files)).rejects.toThrow(
      /^rollcall\.config\.js(:1)?: its package.json says "type": "commonjs": say/,
    );
  });

  it("a definition that is refused where it is made, at its line", async () => {
    const text = TENANTS_CONFIG.replace("TENANT#{member}", "TENANT#");
    await expect(load({ "rollcall.config.ts": text })).rejects.toThrow(
      /^rollcall\.config\.ts:6: Invalid registry definition: member must hold/,
    );
  });

  it("a file that was named and is not there, or is a folder", async () => {
    project = new Project();
    const named = (file: string) => loadConfig({ folder: project.folder, file }, never);
    await expect(named("missing.ts")).rejects.toThrow(
      /^Configuration "missing\.ts" does not exist: name a file such as/,
    );
    await expect(named(path.dirname(project.folder))).rejects.toThrow(/ is no file: name a file such as/);
  });
});
