import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { zipSync } from "fflate";
import { CommandError } from "../errors.ts";

/** The functions, bundled when the maintainer's package was built. */
const MODULES = ["stream.mjs", "sweep.mjs"];

/** The same bytes for the same code, whenever it is made: a deployment that changes nothing changes nothing. */
const LONG_AGO = new Date(1980, 0, 1);

/**
 * The archive that Lambda is given: the code of both functions.
 *
 * @throws CommandError in a checkout where nothing is built
 */
export async function functionArchive(): Promise<Uint8Array> {
  const { resolve } = createRequire(import.meta.url);
  const files = await Promise.all(
    MODULES.flatMap((module) => [module, `${module}.map`]).map(async (name) => {
      try {
        return [name, await readFile(resolve(`@rollcall/maintainer/functions/${name}`))] as const;
      } catch (error) {
        throw new CommandError("The functions are not built yet: run `npm run build`, and this again.", {
          cause: error,
        });
      }
    }),
  );
  return zipSync(Object.fromEntries(files), { level: 9, mtime: LONG_AGO });
}
