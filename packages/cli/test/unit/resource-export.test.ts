import { rmSync, writeFileSync } from "node:fs";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { dynamodb, file, folder, item, json, run, tableWith } from "../fixtures/apply-table.ts";
import { rollcall } from "../fixtures/run-cli.ts";

afterAll(() => rmSync(folder, { recursive: true }));

const exported = (...options: string[]) => rollcall(["resource", "export", "--table", "limits", ...options]);

beforeEach(() => tableWith([item("b", 2), { ...item("a/x", 1), l_rpm_rp: { N: "3600" } }], ["a/x", "b"]));

describe("resource export", () => {
  it.each([[], ["--json"]])("writes a manifest that apply finds unchanged (%j)", async (...options) => {
    const { exitCode, stdout, stderr } = await exported(...options);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    writeFileSync(file, stdout);
    expect(await json("--prune")).toMatchObject({ created: [], changed: [], deleted: [], unchanged: 2 });
  });

  it("writes YAML in which what has its default value is left out", async () => {
    expect((await exported()).stdout).toBe(
      [
        "resources:",
        ...["  a/x:", "    limits:", "      rpm:", "        capacity: 1", "        refill_period: 3600"],
        ...["  b:", "    limits:", "      rpm:", "        capacity: 2\n"],
      ].join("\n"),
    );
  });

  it("names the namespace where the limiter's directory has a name for the id", async () => {
    const entry = { namespace_name: { S: "prod" }, status: { S: "active" } };
    dynamodb.on(GetItemCommand, { Key: { SK: { S: "#NSID#rcof3sHx3fY" } } }).resolves({ Item: entry });
    const { stdout } = await exported("--namespace", "rcof3sHx3fY", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ namespace: "prod" });
  });

  it("leaves out what a manifest cannot hold, says so, and exits with 1", async () => {
    const { l_rpm_cp: _, l_rpm_ra: __, l_rpm_rp: ___, ...none } = item("none", 1);
    const unreadable = { ...item("unreadable", 1), l_rpm_cp: { N: "0" } };
    tableWith([item("b", 2), none, unreadable, item("1x", 3)], ["1x", "b", "ghost", "none", "unreadable"]);
    const { exitCode, stdout, stderr } = await exported();
    expect(stdout).toBe("resources:\n  b:\n    limits:\n      rpm:\n        capacity: 2\n");
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/^Left out: 1x: the name of the resource is none that can be set\.$/),
      expect.stringMatching(/^Left out: ghost: it has no default; only its name is in the registry\.$/),
      expect.stringMatching(/^Left out: none: its default has no limits\.$/),
      expect.stringMatching(
        /^Left out: Malformed item .*RESOURCE#unreadable.*l_rpm_cp should be a whole number above 0/,
      ),
      "Error: 4 resources of table limits cannot be in a manifest and are left out: do not apply it with --prune.",
      "",
    ]);
    expect(exitCode).toBe(1);
    writeFileSync(file, stdout);
    expect((await run({}, "--dry-run", "--exit-code")).exitCode).toBe(0);
  });
});
