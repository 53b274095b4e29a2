import { mkdir } from "node:fs/promises";
import path from "node:path";
import { type FileLock, takeLock } from "../locks/file-lock.ts";
import { DB_PATH_LOCK } from "./constants.ts";
import { DbPathInUseError, InvalidEngineOptionError } from "./errors.ts";

/** Makes the directory, for this user alone, when it is not there, and takes it for one engine. */
export async function openDbPath(dbPath: string): Promise<FileLock> {
  const file = path.join(dbPath, DB_PATH_LOCK);
  const taken = await mkdir(dbPath, { recursive: true, mode: 0o700 })
    .then(() => takeLock(file))
    .catch((cause: NodeJS.ErrnoException) => {
      throw new InvalidEngineOptionError(
        "dbPath",
        `${dbPath} cannot be made or written (${cause.code ?? cause.message})`,
        { cause },
      );
    });
  if ("owner" in taken) throw new DbPathInUseError(dbPath, taken.owner, file);
  return taken.lock;
}
