import { askProcess, type Outcome } from "../subprocess/ask.ts";

/** What the process is to import. */
export interface ConfigFile {
  /** Absolute. */
  file: string;
}

/** What the process answers: the default export, or why that is more than data. */
export type FromConfig = { kind: "loaded"; value: unknown } | { kind: "no-data"; message: string };

/** What became of an import: the answer, or why there is none. */
export type Imported = FromConfig | Exclude<Outcome<never>, { kind: "answered" }>;

/**
 * Imports a module's default export within a limit of time. Its code is not trusted: it may throw, wait for ever, run for
 * ever or end its process. What it prints is dropped.
 *
 * @throws the signal's reason
 */
export async function importInProcess(file: string, timeoutMs: number, signal: AbortSignal): Promise<Imported> {
  const module = { name: "config-process", beside: import.meta.url };
  const outcome = await askProcess<ConfigFile, FromConfig>(module, { file }, { timeoutMs }, signal);
  return outcome.kind === "answered" ? outcome.answer : outcome;
}
