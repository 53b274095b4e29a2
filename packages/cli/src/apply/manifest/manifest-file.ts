import { CommandError } from "../../errors.ts";
import type { Io } from "../../terminal/io.ts";
import { count, MAX_LISTED } from "../../terminal/output.ts";
import { printable, printableInList } from "../../terminal/printable.ts";
import { readInput, STANDARD_INPUT } from "../../terminal/read-input.ts";
import { MAX_JSON_BYTES } from "../constants.ts";
import type { LocatedManifest, Manifest } from "./manifest.ts";
import { readInProcess } from "./read-in-process.ts";

/** What standard input is called. */
const STANDARD_INPUT_NAME = "standard input";

/** A manifest, and the files that it was read from. */
export interface ManifestOfFiles {
  manifest: Manifest;
  files: readonly string[];
}

/** A file as it was read. */
interface ReadFile {
  /** As it was given. */
  given: string;
  /** What errors call it. */
  file: string;
  manifest: LocatedManifest;
}

/**
 * Reads files as one manifest; where they are for several namespaces, as one for each.
 *
 * @throws CommandError when one cannot be read or is no manifest, with all their mistakes; when two declare the same
 */
export async function readManifestFiles(
  files: readonly string[],
  io: Pick<Io, "stdin" | "signal">,
): Promise<ManifestOfFiles[]> {
  const read: ReadFile[] = [];
  const mistakes: string[] = [];
  for (const file of files) {
    const name = fileName(file);
    const result = await readInProcess({ text: await readText(file, io), file: name }, io.signal);
    if (result.manifest === undefined) mistakes.push(...result.mistakes);
    else read.push({ given: file, file: name, manifest: result.manifest });
  }
  const manifests = byNamespace(read, mistakes).map((group) => ({
    manifest: combine(group, mistakes),
    files: group.map(({ given }) => given),
  }));
  if (mistakes.length > 0) throw refusal(files, mistakes);
  return manifests;
}

/** The files of each namespace. One that names none belongs to the only one that is named; among several it is a mistake. */
function byNamespace(read: readonly ReadFile[], mistakes: string[]): ReadFile[][] {
  const namespaceOf = ({ manifest }: ReadFile) => manifest.manifest.namespace;
  const names = new Set(read.map(namespaceOf).filter((name) => name !== undefined));
  if (names.size <= 1) return [[...read]];
  for (const each of read) {
    if (namespaceOf(each) !== undefined) continue;
    mistakes.push(`${each.file}: it has no namespace, and other files name several: give it one.`);
  }
  return [...names].map((name) => read.filter((each) => namespaceOf(each) === name));
}

/** What reports call files. */
export function fileNames(files: readonly string[]): string {
  return files.map((file) => (file === STANDARD_INPUT ? STANDARD_INPUT_NAME : printableInList(file))).join(", ");
}

/** What errors call a file. */
function fileName(file: string): string {
  return file === STANDARD_INPUT ? STANDARD_INPUT_NAME : file;
}

/** All in one; what two files say of the same thing is a mistake. */
function combine(read: readonly ReadFile[], mistakes: string[]): Manifest {
  const whole: Manifest = { resources: new Map(), hasResources: false, namespace: undefined, otherSections: [] };
  const places = new Map<string, string>();
  for (const { file, manifest } of read) {
    const { resources, hasResources, namespace, otherSections } = manifest.manifest;
    whole.hasResources ||= hasResources;
    for (const section of otherSections) if (!whole.otherSections.includes(section)) whole.otherSections.push(section);
    whole.namespace ??= namespace;
    for (const [resource, limits] of resources) {
      const place = `${file}:${manifest.lines.get(resource)}`;
      const before = places.get(resource);
      if (before === undefined) {
        places.set(resource, place);
        whole.resources.set(resource, limits);
      } else mistakes.push(`${place}: ${printable(resource)} is here for the second time, first in ${before}.`);
    }
  }
  return whole;
}

function refusal(files: readonly string[], mistakes: readonly string[]): CommandError {
  const [first = ""] = mistakes;
  if (mistakes.length === 1) return new CommandError(first);
  const more = mistakes.length > MAX_LISTED ? [`and ${count(mistakes.length - MAX_LISTED, "more mistake")}`] : [];
  return new CommandError(
    `There are ${count(mistakes.length, "mistake")} in ${fileNames(files)}: nothing was compared or written.`,
    { details: [...mistakes.slice(0, MAX_LISTED), ...more] },
  );
}

async function readText(file: string, io: Pick<Io, "stdin" | "signal">): Promise<string> {
  const name = printable(fileName(file));
  const bytes = await readBytes(file, name, io);
  if (bytes.length > MAX_JSON_BYTES) {
    throw new CommandError(`${name} is larger than the ${MAX_JSON_BYTES / 1024 ** 2} MiB of a manifest: split it.`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CommandError(`${name} is not text in UTF-8: save it as that.`, { cause: error });
  }
}

async function readBytes(file: string, name: string, io: Pick<Io, "stdin" | "signal">): Promise<Buffer> {
  try {
    return await readInput(file, MAX_JSON_BYTES, io);
  } catch (error) {
    io.signal.throwIfAborted();
    throw new CommandError(explain(name, error as NodeJS.ErrnoException), { cause: error });
  }
}

function explain(name: string, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "ENOENT":
      return `There is no file ${name}: give the path of a manifest, in YAML or JSON, or "-" for standard input.`;
    case "EISDIR":
      return `${name} is a directory: give the path of a manifest, in YAML or JSON.`;
    case "EACCES":
    case "EPERM":
      return `No permission to read ${name}.`;
    default:
      return `${name} cannot be read: ${message}.`;
  }
}
