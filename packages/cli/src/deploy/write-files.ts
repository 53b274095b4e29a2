import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { CommandError } from "../errors.ts";
import { quoted } from "../terminal/printable.ts";
import { FUNCTION_ARCHIVE, TEMPLATE_DESCRIPTION, TEMPLATE_FILE } from "./template.ts";

/**
 * Writes what is deployed into a folder, each file whole or not at all. What an earlier call wrote there is replaced;
 * other files are not.
 *
 * @throws CommandError where a file of that name is not ours, or cannot be written
 */
export async function writeDeployment(folder: string, template: string, archive: Uint8Array): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if (!(await holdsEarlierTemplate(folder))) {
      for (const name of [TEMPLATE_FILE, FUNCTION_ARCHIVE]) await assertAbsent(folder, name);
    }
    // The archive first: a template on disk is one whose archive is beside it.
    await writeWhole(path.join(folder, FUNCTION_ARCHIVE), archive);
    await writeWhole(path.join(folder, TEMPLATE_FILE), template);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Nothing could be written to ${quoted(folder)}: ${reason}.`, { cause: error });
  }
}

async function holdsEarlierTemplate(folder: string): Promise<boolean> {
  try {
    const earlier: unknown = JSON.parse(await readFile(path.join(folder, TEMPLATE_FILE), "utf8"));
    return (earlier as { Description?: unknown } | null)?.Description === TEMPLATE_DESCRIPTION;
  } catch {
    return false;
  }
}

async function assertAbsent(folder: string, name: string): Promise<void> {
  const file = path.join(folder, name);
  const existing = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (existing === undefined) return;
  await existing.close();
  throw new CommandError(`${quoted(file)} is there already, and not of this command: give another folder with --out.`);
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, "wx");
  try {
    await handle.writeFile(content);
    await handle.close();
    await rename(draft, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(draft, { force: true });
    throw error;
  }
}
