import { statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { RegistryDefinition } from "@rollcall/registry";
import { UsageError } from "../errors.ts";
import { oneLine, printable, quoted } from "../terminal/printable.ts";
import { type CheckedConfig, checkConfig } from "./check-config.ts";
import { CONFIG_NAMES, findConfig } from "./find-config.ts";
import { type Imported, importInProcess } from "./import-in-process.ts";

/** Milliseconds that a configuration may take to load. */
const LOAD_TIMEOUT_MS = 10_000;

/** A configuration that was read and holds nothing wrong. */
export interface LoadedConfig extends CheckedConfig {
  /** Absolute. */
  readonly file: string;
}

/** Where a configuration is looked for. */
export interface ConfigPlace {
  /** The file, where it was named. */
  file?: string | undefined;
  /** The folder from which it is looked for upwards, and from which `file` is read. */
  folder: string;
  /** Milliseconds that it may take to load. Default: 10,000. */
  timeoutMs?: number | undefined;
}

/**
 * Reads the configuration that was named, or else the nearest one. Resolves to `undefined` where there is none.
 *
 * @throws UsageError in one line that names the file and the option
 * @throws the signal's reason
 */
export async function loadConfig(place: ConfigPlace, signal: AbortSignal): Promise<LoadedConfig | undefined> {
  const { folder, timeoutMs = LOAD_TIMEOUT_MS } = place;
  const file = place.file === undefined ? findConfig(folder) : namedFile(path.resolve(folder, place.file), place.file);
  if (file === undefined) return undefined;
  const name = nameOf(file, folder);
  const imported = await importInProcess(file, timeoutMs, signal);
  switch (imported.kind) {
    case "loaded":
      return { file, ...checkConfig(imported.value, name) };
    case "failed":
      throw new UsageError(`${placeOf(imported, file, name)}: ${problemOf(imported)}`);
    case "no-data":
      throw new UsageError(`${name}: its default export holds more than data, such as a function: ${imported.message}`);
    case "too-slow":
      throw new UsageError(`${name}: it took longer than ${timeoutMs / 1_000} s to load; export plain data from it.`);
    case "ended":
      throw new UsageError(`${name}: it ended the process while it loaded; take out what does.`);
  }
}

/**
 * The registries that the configuration of a folder names, for infrastructure code. Resolves to `undefined` where there
 * is no configuration: the registry is then `resources`.
 *
 * @param folder the app's root, from which the configuration is looked for upwards
 * @param file the configuration, where it is to be another one; read from the folder
 * @throws UsageError in one line that names the file and the option
 *
 * @example
 * ```ts
 * import { loadRegistries } from "@rollcall/cli";
 *
 * const registries = await loadRegistries(process.cwd());
 * const environment = registries ? { ROLLCALL_REGISTRIES: JSON.stringify(registries) } : {};
 * ```
 */
export async function loadRegistries(
  folder: string,
  file?: string,
): Promise<readonly [RegistryDefinition, ...RegistryDefinition[]] | undefined> {
  return (await loadConfig({ folder, file }, new AbortController().signal))?.registries;
}

function namedFile(file: string, given: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile()) return file;
  throw new UsageError(
    `Configuration ${quoted(given)} ${found === undefined ? "does not exist" : "is no file"}: ` +
      `name a file such as ${CONFIG_NAMES[0]}, or leave it out.`,
  );
}

/** The file as its user would name it. */
function nameOf(file: string, folder: string): string {
  const relative = path.relative(folder, file);
  return printable(relative.startsWith(`..${path.sep}..`) ? file : relative);
}

/** The file, and the line in it where that is known. */
function placeOf({ stack }: Extract<Imported, { kind: "failed" }>, file: string, name: string): string {
  for (const [, found = "", line] of stack.matchAll(/((?:file:\/\/)?\/[^\s()]+?):(\d+)/g)) {
    if ((found.startsWith("file:") ? fileURLToPath(found) : found) === file) return `${name}:${line}`;
  }
  return name;
}

/** What modules say where Node takes them for CommonJS. */
const TAKEN_FOR_COMMONJS = /^(Cannot use import statement outside a module|Unexpected token 'export')/;

function problemOf({ message }: Extract<Imported, { kind: "failed" }>): string {
  const [, missing] = /^Cannot find package '(@rollcall\/[a-z-]+)'/.exec(message) ?? [];
  if (missing !== undefined) return `it imports ${missing}, which is not installed there: npm install ${missing}`;
  if (!TAKEN_FOR_COMMONJS.test(message)) return oneLine(message);
  return 'its package.json says "type": "commonjs": say "module" there, or write plain JavaScript in rollcall.config.mjs.';
}
