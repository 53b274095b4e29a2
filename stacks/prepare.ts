/** Prepares what stands between a fresh clone and the stacks: compiled packages, and SST's components with their types. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

/** Where SST's components are. */
export const PLATFORM = path.join(root, ".sst/platform");

/** Everything comes from npm: not SST's own downloads of Pulumi and bun, which only a deployment needs. */
const FROM_NPM_ONLY = {
  SST_SKIP_DEPENDENCY_CHECK: "1",
  SST_NO_BUN: "1",
  SST_TELEMETRY_DISABLED: "1",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Compiles the packages that the stacks import, the one that reads the configuration, and those whose handlers they bundle, and installs SST's platform. */
export function prepare(): void {
  run("tsc", ["-b", "packages/registry", "packages/maintainer", "packages/cli"]);
  // The command line, whose reader of configurations the app uses, is published as a bundle.
  run("node", ["scripts/bundle-cli.ts"]);
  installPlatform();
}

/** Half a minute's work, unless the platform is there in the version that package.json names. */
function installPlatform(): void {
  const manifest = readFileSync(path.join(root, "node_modules/sst/package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  // Written last, so that a platform that was interrupted is installed again.
  const lock = path.join(root, ".sst/provider-lock.json");
  const versionFile = path.join(PLATFORM, "version");
  if (existsSync(lock) && existsSync(versionFile) && readFileSync(versionFile, "utf8").trim() === version) return;
  process.stderr.write(`Installing SST's platform ${version} from npm into .sst/ …\n`);
  // The stage is only named because, as root, SST asks for one.
  run("sst", ["install", "--stage", "install"]);
}

function run(command: string, args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(path.join(root, "node_modules/.bin", command), args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...FROM_NPM_ONLY },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")} failed:\n${stdout}${stderr}`);
}

if (import.meta.main) prepare();
