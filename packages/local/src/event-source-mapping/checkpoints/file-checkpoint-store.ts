import { readFile, rename, writeFile } from "node:fs/promises";
import { InvalidCheckpointError } from "../errors.ts";
import type { CheckpointStore, Checkpoints, ShardCheckpoint } from "./checkpoint-store.ts";

/** The file's format; a file of another version is refused. */
const FORMAT_VERSION = 1;

/**
 * Keeps checkpoints in a JSON file, of several mappings if need be. The file is replaced by renaming a complete new one
 * over it, so a process that dies while saving leaves the old checkpoints. Use one store, in one process, for one file.
 *
 * @example
 * ```ts
 * import { FileCheckpointStore } from "@rollcall/local";
 *
 * const checkpoints = new FileCheckpointStore("data/checkpoints.json");
 * ```
 */
export class FileCheckpointStore implements CheckpointStore {
  readonly #path: string;
  #mappings: Promise<Map<string, Checkpoints>> | undefined;
  #saving: Promise<void> = Promise.resolve();

  /** @param path the file; it is created on the first save, its directory has to exist */
  constructor(path: string) {
    this.#path = path;
  }

  /** @throws InvalidCheckpointError when the file holds something else */
  async load(mappingId: string): Promise<Checkpoints | undefined> {
    return (await this.#read()).get(mappingId);
  }

  async save(mappingId: string, checkpoints: Checkpoints): Promise<void> {
    const mappings = await this.#read();
    mappings.set(mappingId, checkpoints);
    const write = this.#saving.then(() => this.#write(mappings));
    this.#saving = write.catch(() => {}); // told to whoever asked for that save; the next one is written all the same
    await write;
  }

  #read(): Promise<Map<string, Checkpoints>> {
    this.#mappings ??= readMappings(this.#path);
    return this.#mappings;
  }

  async #write(mappings: ReadonlyMap<string, Checkpoints>): Promise<void> {
    const next = `${this.#path}.next`;
    const text = JSON.stringify({ version: FORMAT_VERSION, mappings: Object.fromEntries(mappings) }, undefined, 2);
    await writeFile(next, `${text}\n`, { flush: true });
    await rename(next, this.#path);
  }
}

async function readMappings(path: string): Promise<Map<string, Checkpoints>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw error;
  }
  const content = parse(path, text);
  if (content?.version !== FORMAT_VERSION)
    throw new InvalidCheckpointError(path, `is not of version ${FORMAT_VERSION}`);
  const mappings = new Map(Object.entries(content.mappings ?? {}));
  for (const [mappingId, checkpoints] of mappings) {
    if (!Object.values(checkpoints ?? {}).every(isCheckpoint)) {
      throw new InvalidCheckpointError(path, `has a malformed checkpoint of ${mappingId}`);
    }
  }
  return mappings;
}

function parse(path: string, text: string): { version?: unknown; mappings?: Record<string, Checkpoints> } | null {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidCheckpointError(path, "is not JSON", { cause: error });
  }
}

function isCheckpoint(value: unknown): value is ShardCheckpoint {
  const { sequenceNumber, ended, startedAt } = (value ?? {}) as Record<string, unknown>;
  return typeof sequenceNumber === "string" || ended === true || typeof startedAt === "number";
}
