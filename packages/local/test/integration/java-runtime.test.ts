import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findJavaRuntime } from "../../src/engine/java-runtime.ts";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "rollcall-java-"));
});
afterAll(() => rm(root, { recursive: true }));

const modern = "echo 'openjdk version \"17.0.15\" 2025-04-15' >&2";
const old = 'case "$1" in --*) exit 1;; esac; echo \'java version "11.0.2" 2019-01-15\' >&2';
const ancient = 'case "$1" in --*) exit 1;; esac; echo \'java version "1.8.0_402"\' >&2';
const withoutCompiler = 'case "$1" in --*) exit 1;; esac; echo \'openjdk version "21" 2023-09-19\' >&2';
const stub = 'echo "Unable to locate a Java Runtime." >&2; exit 1'; // what macOS has where there is no Java

/** A Java's home, with a `bin/java` of this shell script. */
async function home(script: string): Promise<string> {
  const folder = await mkdtemp(path.join(root, "home-"));
  await mkdir(path.join(folder, "bin"));
  await writeFile(path.join(folder, "bin", "java"), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, "bin", "java"), 0o755);
  return folder;
}

const bin = (folder: string) => path.join(folder, "bin");
const java = (folder: string) => path.join(folder, "bin", "java");

test("takes JAVA_HOME before PATH", async () => {
  const [one, other] = [await home(modern), await home(modern)];
  expect(await findJavaRuntime({ JAVA_HOME: one, PATH: bin(other) })).toEqual({ file: java(one) });
});

test("takes the PATH's where JAVA_HOME's is too old", async () => {
  const [one, other] = [await home(old), await home(modern)];
  expect(await findJavaRuntime({ JAVA_HOME: one, PATH: bin(other) })).toEqual({ file: "java" });
});

test.for([
  { what: "too old", script: old, problem: "is Java 11" },
  { what: "much too old", script: ancient, problem: "is Java 8" },
  { what: "without a compiler", script: withoutCompiler, problem: "lacks the module jdk.compiler" },
  { what: "only a stub", script: stub, problem: "does not run" },
])("says what is wrong with a Java that is $what", async ({ script, problem }) => {
  const folder = await home(script);
  expect(await findJavaRuntime({ JAVA_HOME: folder, PATH: root })).toEqual({
    missing: `no Java 17 or later found (${java(folder)} ${problem}, java is not there)`,
  });
});

test("says so where there is none", async () => {
  expect(await findJavaRuntime({ PATH: root })).toEqual({ missing: "no Java 17 or later found (java is not there)" });
});

test("rejects with the signal's reason", async () => {
  const signal = AbortSignal.abort(new Error("changed my mind"));
  await expect(findJavaRuntime({ PATH: root }, signal)).rejects.toThrow("changed my mind");
});
