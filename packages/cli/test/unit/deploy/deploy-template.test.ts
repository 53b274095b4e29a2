import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeDeployment } from "../../../src/deploy/write-files.ts";
import { rollcall } from "../../fixtures/run-cli.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "rollcall-deploy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const OURS = JSON.stringify({
  Description: "Keeps the registries of a DynamoDB table true: the maintainer of Rollcall.",
});

describe("writeDeployment", () => {
  it("makes the folder, and leaves the two files in it and no draft", async () => {
    const inner = path.join(folder, "a/b");
    await writeDeployment(inner, OURS, Buffer.from("zip"));
    expect(readdirSync(inner).sort()).toEqual(["function.zip", "rollcall.template.json"]);
  });

  it("replaces what an earlier call wrote", async () => {
    await writeDeployment(folder, OURS, Buffer.from("first"));
    await writeDeployment(folder, OURS, Buffer.from("second"));
    expect(readFileSync(path.join(folder, "function.zip"), "utf8")).toBe("second");
  });

  it.each(["function.zip", "rollcall.template.json"])("leaves a stranger's %s alone", async (name) => {
    const file = path.join(folder, name);
    writeFileSync(file, "a stranger's");
    await expect(writeDeployment(folder, OURS, Buffer.from("zip"))).rejects.toThrow(/is there already, .*--out/);
    expect(readFileSync(file, "utf8")).toBe("a stranger's");
    expect(readdirSync(folder)).toEqual([name]);
  });

  it("says in one line what stands in its way", async () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    await expect(writeDeployment(file, OURS, Buffer.from("zip"))).rejects.toThrow(
      /^Nothing could be written to .*file/,
    );
  });
});

describe("rollcall deploy template", () => {
  it("needs a folder to write to", async () => {
    const { exitCode, stderr } = await rollcall(["deploy", "template", "--table", "limits"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("pass --out DIR")]);
  });

  it("needs a table, and writes nothing without one", async () => {
    const out = path.join(folder, "out");
    const { exitCode, stderr } = await rollcall(["deploy", "template", "--out", out]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("No table given")]);
    expect(existsSync(out)).toBe(false);
  });
});
