import { RegistryError } from "@rollcall/registry";
import type { KnownTarget } from "../connection/connection-options.ts";
import { CommandError } from "../errors.ts";
import { explainConfigurationError } from "./explain-configuration-error.ts";
import { explainNetworkError } from "./explain-network-error.ts";
import { explainServiceError } from "./explain-service-error.ts";

/**
 * What happened and what to do about it, for an error that the user of a command can act on. `undefined` for any
 * other, which is a fault of ours.
 */
export function explainError(error: unknown, target: KnownTarget): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CommandError) return error.message;
  if (error instanceof RegistryError) return explainRegistryError(error);
  return explainConfigurationError(error) ?? explainNetworkError(error, target) ?? explainServiceError(error, target);
}

/** Most messages of the registry say it all; some advise what only a program can do. */
function explainRegistryError(error: RegistryError): string | undefined {
  switch (error.code) {
    case "CONTENTION":
      return "Other writers or throttling kept refusing the write, and nothing was written. Try again later.";
    case "REGISTRY_DISPOSED":
      return undefined;
    default:
      return error.message;
  }
}
