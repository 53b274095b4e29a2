import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { startMarkedServer } from "../fixtures/http-server.ts";
import { finished, spawnRollcall } from "../fixtures/spawn-cli.ts";

const TELL_IMPORTS = pathToFileURL(fileURLToPath(new URL("../fixtures/tell-imports.mjs", import.meta.url))).href;

/** The packages that a command imports. */
async function importsOf(words: readonly string[]): Promise<string[]> {
  const run = await finished(spawnRollcall(words, { NODE_OPTIONS: `--import=${TELL_IMPORTS}` }));
  expect(run.exitCode).toBe(0);
  return run.stderr.split("\n").flatMap((line) => (line.startsWith("imports ") ? [line.slice("imports ".length)] : []));
}

it.each([["--help"], ["--version"], ["help"]])("rollcall %s loads commander, and nothing of the SDK", async (word) => {
  expect(await importsOf([word])).toEqual(["@rollcall/registry", "commander"]); // of the registry, its clock alone
});

it("rollcall resource list loads the library and the SDK's client, and nothing that other commands need", async () => {
  await using server = await startMarkedServer((_, response) => response.end('{"Item":{}}'));
  const imports = await importsOf(["resource", "list", "--table", "limits", "--endpoint-url", server.url]);
  expect(imports).toContain("@aws-sdk/client-dynamodb");
  const others = ["@rollcall/maintainer", "@rollcall/local", "yaml", "http-proxy-agent", "https-proxy-agent"];
  expect(imports.filter((name) => others.includes(name))).toEqual([]);
});
