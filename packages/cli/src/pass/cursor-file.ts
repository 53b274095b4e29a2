import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import type { SavedPass } from "@rollcall/maintainer";
import type { Target } from "../connection/connection-options.ts";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";

/** Characters of the name's hash: enough to keep one user's tables apart. */
const HASH_LENGTH = 12;

/** What a pass needs to go on, in a file that is either the old one or the new one, whenever the process ends. */
export class CursorFile {
  readonly path: string;
  #isSaved = false;

  constructor(file: string) {
    this.path = file;
  }

  /** Whether anything was saved by this process. */
  get isSaved(): boolean {
    return this.#isSaved;
  }

  /** @throws CommandError when there is no such file, or it cannot be read */
  async read(): Promise<SavedPass> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        throw new CommandError(`There is nothing to go on from: ${this.path} does not exist. Run it without --resume.`);
      }
      throw this.#failure("read", error);
    }
    try {
      return JSON.parse(text) as SavedPass;
    } catch {
      throw new CommandError(`${this.path} is no cursor file. Run it without --resume.`);
    }
  }

  /** @throws CommandError when the file cannot be written */
  async save(saved: SavedPass): Promise<void> {
    const draft = `${this.path}.next`; // one name, so that a killed process leaves no more than one
    try {
      if (!this.#isSaved) await mkdir(path.dirname(this.path), { recursive: true });
      await writeFile(draft, JSON.stringify(saved), { mode: 0o600 });
      await rename(draft, this.path);
    } catch (error) {
      throw this.#failure("written", error);
    }
    this.#isSaved = true;
  }

  /** Removes the file: its pass has come to its end. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    this.#isSaved = false;
  }

  #failure(what: string, error: unknown): CommandError {
    const { message } = error as Error;
    return new CommandError(`${this.path} cannot be ${what}: ${message}. Name another file with --cursor.`);
  }
}

/** Where a pass keeps its cursor unless told otherwise: one file for every task, table and place. */
export function defaultCursorPath(task: string, target: Target, scope: string, env: Io["env"]): string {
  const { tableName, region, endpoint } = target;
  const identity = JSON.stringify([task, tableName, scope, region, endpoint]);
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, HASH_LENGTH);
  const state = env.XDG_STATE_HOME || path.join(env.HOME || homedir(), ".local", "state");
  return path.join(state, "rollcall", `${task}-${tableName.replace(/[^\w.-]/g, "_")}-${hash}.json`);
}
