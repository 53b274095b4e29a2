import { ContentionError, RegistryError } from "@rollcall/registry";
import type { KnownTarget } from "../connection/target.ts";
import { CommandError, UsageError } from "../errors.ts";
import { configurationRules } from "./configuration-rules.ts";
import { networkRules } from "./network-rules.ts";
import type { Rule } from "./rule.ts";
import { explainThrottling, isThrottling, serviceRules } from "./service-rules.ts";

/** Every error that the user of a command can act on, the most particular first. */
const RULES: readonly Rule[] = [explainOwn, ...configurationRules, ...networkRules, ...serviceRules];

/**
 * What happened and what to do about it, for an error that the user of a command can act on. `undefined` for any
 * other, which is a fault of ours.
 */
export function explainError(error: unknown, target: KnownTarget): string | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const rule of RULES) {
    const explanation = rule(error, target);
    if (explanation !== undefined) return explanation;
  }
  return undefined;
}

/** Whether an error is about what stands on the command line, as a name that cannot be one is. */
export function isUsage(error: unknown): boolean {
  return (
    error instanceof UsageError ||
    (error instanceof RegistryError && (error.code === "INVALID_NAME" || error.code === "INVALID_LIMIT"))
  );
}

/** Most messages of the registry say it all; some advise what only a program can do. */
function explainOwn(error: Error, target: KnownTarget): string | undefined {
  if (error instanceof CommandError) return error.message;
  if (error instanceof ContentionError) return explainContention(error, target);
  return error instanceof RegistryError && error.code !== "REGISTRY_DISPOSED" ? error.message : undefined;
}

/** What was refused again and again: by throttling, reads as well as writes; by other writers, writes alone. */
function explainContention({ cause, outcome }: ContentionError, target: KnownTarget): string {
  if (cause instanceof Error && isThrottling(cause)) return explainThrottling(target);
  if (cause instanceof Error && /unprocessed/.test(cause.message)) return explainThrottling(target);
  const what = outcome === "unknown" ? "whether anything was written is unknown" : "nothing was written";
  return `Other writers or throttling kept refusing the write, and ${what}. Retry later.`;
}
