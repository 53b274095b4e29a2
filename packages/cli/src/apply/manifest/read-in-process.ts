import { CommandError } from "../../errors.ts";
import { askProcess, type ProcessLimits } from "../../subprocess/ask.ts";
import { printable } from "../../terminal/printable.ts";
import { READING_LIMITS } from "../constants.ts";
import type { LocatedManifest } from "./manifest.ts";

/** What a process is to read. */
export interface ManifestText {
  text: string;
  /** What to call the text in errors. */
  file: string;
}

/** What a process has read: a manifest, or the mistakes of the text, one line each. */
export type Read =
  | { manifest: LocatedManifest; mistakes?: undefined }
  | { mistakes: readonly string[]; manifest?: undefined };

/**
 * Reads a manifest within limits of time and memory, for any text.
 *
 * @throws CommandError when it takes more than that
 * @throws the signal's reason
 */
export async function readInProcess(
  manifest: ManifestText,
  signal: AbortSignal,
  limits: Required<ProcessLimits> = READING_LIMITS,
): Promise<Read> {
  const module = { name: "manifest-process", beside: import.meta.url };
  const outcome = await askProcess<ManifestText, Read>(module, manifest, limits, signal);
  switch (outcome.kind) {
    case "answered":
      return outcome.answer;
    case "failed":
      throw new Error(outcome.stack);
    case "too-slow":
      throw tooMuch(manifest, `${limits.timeoutMs / 1_000} seconds`);
    case "ended": // it ends only when it has answered, or when Node or the machine ends what takes too much
      throw tooMuch(manifest, `${limits.memoryMb} MB of memory`);
  }
}

function tooMuch({ file }: ManifestText, limit: string): CommandError {
  return new CommandError(`${printable(file)} takes more than ${limit} to read: split it, or write it as JSON.`);
}
