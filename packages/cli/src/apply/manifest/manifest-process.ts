import { answer } from "../../subprocess/answer.ts";
import { ManifestError } from "./errors.ts";
import { readManifest } from "./manifest.ts";
import type { ManifestText, Read } from "./read-in-process.ts";

answer(({ text, file }: ManifestText): Read => {
  try {
    return { manifest: readManifest(text, file) };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { mistakes: [error, ...error.others].map(({ message }) => message) };
  }
});
