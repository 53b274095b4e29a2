import { open } from "node:fs/promises";
import { CommandError } from "../errors.ts";
import { MAX_MANIFEST_BYTES } from "./constants.ts";
import { ManifestError } from "./errors.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

/**
 * Reads a manifest from a file.
 *
 * @throws CommandError when there is no such file, it cannot be read, or it is no manifest
 */
export async function readManifestFile(file: string): Promise<Manifest> {
  try {
    return parseManifest(await readText(file), file);
  } catch (error) {
    throw error instanceof ManifestError ? new CommandError(error.message, { cause: error }) : error;
  }
}

async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw new CommandError(`${file} is larger than the ${MAX_MANIFEST_BYTES / 1024 ** 2} MiB of a manifest: split it.`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CommandError(`${file} is not text in UTF-8: save it as that.`, { cause: error });
  }
}

/** At most one byte more than a manifest may have: the file may be a device without an end. */
async function readBytes(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file);
    const chunks: Buffer[] = [];
    for await (const chunk of handle.createReadStream({ end: MAX_MANIFEST_BYTES })) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (error) {
    throw new CommandError(explain(file, error as NodeJS.ErrnoException), { cause: error });
  }
}

function explain(file: string, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "ENOENT":
      return `There is no file ${file}: give the path of a manifest, in YAML or JSON.`;
    case "EISDIR":
      return `${file} is a directory: give the path of a manifest, in YAML or JSON.`;
    case "EACCES":
    case "EPERM":
      return `No permission to read ${file}.`;
    default:
      return `${file} cannot be read: ${message}.`;
  }
}
