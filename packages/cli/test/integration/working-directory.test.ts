import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";
import { CLI_ENVIRONMENT, CLI_WORDS } from "../fixtures/spawn-cli.ts";

/** Modules with names that the loop loads, each of which would leave a file. */
const STRANGERS = [
  "handler-worker.ts",
  "handler-worker.js",
  "stream-handler.ts",
  "index.js",
  "node_modules/@rollcall/maintainer/index.js",
  "node_modules/@rollcall/registry/index.js",
  "node_modules/@aws-sdk/client-dynamodb/index.js",
];

it("rollcall dev loads no code of the working directory, where it has modules and packages of the same names", async () => {
  using project = new Project({}, { isInstalled: false });
  for (const file of STRANGERS) {
    const mark = JSON.stringify(project.path(`loaded-${file.replaceAll("/", "-")}`));
    project.write(file, `require("node:fs").writeFileSync(${mark}, "");\n`);
  }
  const [node, ...words] = CLI_WORDS;
  const loop = spawn(node, [...words, "dev", "--json", "--engine", "memory", "--no-ui"], {
    cwd: project.folder,
    env: CLI_ENVIRONMENT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(loop, "exit");
  const [line] = (await once(createInterface({ input: loop.stdout }), "line")) as [string];
  expect(JSON.parse(line)).toMatchObject({ event: "ready" });
  loop.kill("SIGINT");
  await exit;
  expect(readdirSync(project.folder).filter((file) => file.startsWith("loaded-"))).toEqual([]);
});
