import { parentPort, workerData } from "node:worker_threads";
import { ManifestError } from "./errors.ts";
import { readManifest } from "./manifest.ts";
import type { ManifestText, Read } from "./read-in-thread.ts";

/** Reads one manifest in a thread of its own, which can be ended in the midst of its parser. */
function read({ text, file }: ManifestText): Read {
  try {
    return { manifest: readManifest(text, file) };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { mistakes: [error, ...error.others].map(({ message }) => message) };
  }
}

parentPort?.postMessage(read(workerData as ManifestText));
