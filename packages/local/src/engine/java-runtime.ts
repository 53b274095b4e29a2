import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { JAVA_VERSION_TIMEOUT_MS, MIN_JAVA_VERSION } from "./constants.ts";
import { engineEnvironment } from "./environment.ts";

const run = promisify(execFile);

/** A Java that runs DynamoDB Local, or why there is none. */
export type JavaRuntime = { file: string } | { missing: string };

/**
 * Looks for a Java that is new enough: first in `JAVA_HOME`, then on the `PATH`. It has to have the module
 * `jdk.compiler`, which runs the launcher from its source; JDKs and the packages of Debian and Homebrew have it.
 */
export async function findJavaRuntime(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<JavaRuntime> {
  const candidates = [...(env.JAVA_HOME ? [path.join(env.JAVA_HOME, "bin", "java")] : []), "java"];
  const problems: string[] = [];
  for (const file of candidates) {
    const problem = await problemOf(file, env, signal);
    if (problem === undefined) return { file };
    problems.push(`${file} ${problem}`);
  }
  return { missing: `no Java ${MIN_JAVA_VERSION} or later found (${problems.join(", ")})` };
}

async function problemOf(file: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string | undefined> {
  const version = async (...args: string[]) => {
    const { stdout, stderr } = await run(file, [...args, "-version"], {
      env: engineEnvironment(env),
      timeout: JAVA_VERSION_TIMEOUT_MS,
      ...(signal && { signal }),
    });
    // "1.8.0_402" is Java 8, "17.0.15" is Java 17
    return Number(/version "(?:1\.)?(\d+)/.exec(stdout + stderr)?.[1]);
  };
  try {
    const withCompiler = await version("--add-modules", "jdk.compiler").catch(() => undefined);
    signal?.throwIfAborted();
    const found = withCompiler ?? (await version());
    if (!(found >= MIN_JAVA_VERSION)) return `is Java ${found}`;
    return withCompiler === undefined ? "lacks the module jdk.compiler" : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "is not there" : "does not run";
  }
}
