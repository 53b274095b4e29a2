import { rename } from "node:fs/promises";
import { resolve } from "node:path";
import { type FileLock, takeLock } from "../../locks/file-lock.ts";
import { CheckpointInUseError, InvalidCheckpointError, InvalidMappingOptionError } from "../errors.ts";
import { fileError, readCheckpointFile, writeCheckpointFile } from "./checkpoint-file.ts";
import type { CheckpointStore, Checkpoints } from "./checkpoint-store.ts";

/** What a {@link FileCheckpointStore} takes besides its path. */
export interface FileCheckpointStoreOptions {
  /**
   * What to do with a file that holds no checkpoints: cut in half, empty, of another version. By default `"fail"`: the
   * mapping does not start, and the error says what is wrong. `"TRIM_HORIZON"` renames it to end in `.invalid` and reads
   * every shard from its oldest record.
   */
  readonly whenInvalid?: "fail" | "TRIM_HORIZON";
}

/**
 * Keeps checkpoints in a JSON file, of several mappings if need be. The file is replaced by renaming a complete new one
 * over it, so a process that dies while saving leaves the old checkpoints. While a mapping runs, the file belongs to this
 * store: the file beside it, ending in `.lock`, says which process has it.
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
  readonly #whenInvalid: "fail" | "TRIM_HORIZON";
  #mappings: Promise<Map<string, Checkpoints>> | undefined;
  /** Whether the file was put aside: what is not in it begins at TRIM_HORIZON. */
  #isPutAside = false;
  #saving: Promise<void> = Promise.resolve();
  #lock: Promise<FileLock> | undefined;
  #claimCount = 0;

  /** @param path the file; it is created on the first save, its directory has to exist */
  constructor(path: string, { whenInvalid = "fail", ...unknown }: FileCheckpointStoreOptions = {}) {
    const [option] = Object.keys(unknown);
    if (option !== undefined) throw new InvalidMappingOptionError(option, "it is unknown; known is whenInvalid");
    if (!["fail", "TRIM_HORIZON"].includes(whenInvalid)) {
      throw new InvalidMappingOptionError(
        "whenInvalid",
        `it is ${JSON.stringify(whenInvalid)}; use "fail" or "TRIM_HORIZON"`,
      );
    }
    this.#path = resolve(path);
    this.#whenInvalid = whenInvalid;
  }

  /**
   * @throws InvalidCheckpointError when the file holds something else
   * @throws CheckpointFileError when it cannot be read
   */
  async load(mappingId: string): Promise<Checkpoints | undefined> {
    return (await this.#read()).get(mappingId) ?? (this.#isPutAside ? {} : undefined);
  }

  /** @throws CheckpointFileError when it cannot be written; the file stays as it was */
  async save(mappingId: string, checkpoints: Checkpoints): Promise<void> {
    const mappings = await this.#read();
    mappings.set(mappingId, checkpoints);
    const write = this.#saving.then(() => writeCheckpointFile(this.#path, mappings));
    this.#saving = write.catch(() => {}); // told to the caller of that save; the next one is written all the same
    await write;
  }

  /** @throws CheckpointInUseError when another store has the file, in this process or in another */
  async claim(): Promise<() => Promise<void>> {
    this.#claimCount++;
    this.#lock ??= this.#take();
    const lock = this.#lock;
    try {
      await lock;
    } catch (error) {
      this.#claimCount--;
      if (this.#lock === lock) this.#lock = undefined;
      throw error;
    }
    return async () => {
      if (--this.#claimCount > 0) return;
      this.#lock = undefined;
      this.#mappings = undefined; // another store may write it now
      await (await lock).release();
    };
  }

  async #take(): Promise<FileLock> {
    const taken = await takeLock(`${this.#path}.lock`).catch((cause: unknown) => {
      throw fileError(this.#path, "cannot be locked for this process", cause);
    });
    if ("owner" in taken) throw new CheckpointInUseError(`The checkpoint file ${this.#path} is`, taken.owner);
    return taken.lock;
  }

  #read(): Promise<Map<string, Checkpoints>> {
    this.#mappings ??= readCheckpointFile(this.#path).catch(async (error: unknown) => {
      this.#mappings = undefined; // what is wrong may have been put right when it is asked for next
      if (!(error instanceof InvalidCheckpointError) || this.#whenInvalid === "fail") throw error;
      await rename(this.#path, `${this.#path}.invalid`).catch((cause: unknown) => {
        throw fileError(this.#path, "cannot be put aside", cause);
      });
      this.#isPutAside = true;
      return new Map();
    });
    return this.#mappings;
  }
}
