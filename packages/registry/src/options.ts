import type { ClientOptions } from "./client.ts";
import type { RegistryDefinition } from "./definition/registry-definition.ts";
import { DEFAULT_CONTENTION_TIMEOUT_MS } from "./protocol/constants.ts";
import type { CallOptions, ReadOptions } from "./types.ts";

/** Options of a `Registry`. */
export type RegistryOptions = ClientOptions & {
  /** Which items are listed where. */
  definition: RegistryDefinition;
  /** Name or ARN of the table. */
  tableName: string;
  /** Whose members: required where the definition's keys need a scope, refused where they have none. Default: none. */
  scope?: string | undefined;
  /**
   * Milliseconds from the first refusal for which a write retries conflicts and throttling before it rejects with
   * `ContentionError`. Default 30,000. Time spent waiting for one's turn does not count.
   */
  contentionTimeoutMs?: number | undefined;
};

/** Options of `Registry.action`. */
export interface ActionOptions {
  /** Native JavaScript values, as DocumentClient takes them, in place of AttributeValues. Default `false`. */
  native?: boolean | undefined;
}

/** What the constructor and the calls know. */
export const KNOWN_OPTIONS = {
  constructor: {
    definition: true,
    tableName: true,
    scope: true,
    client: true,
    clientConfig: true,
    contentionTimeoutMs: true,
    requestTimeoutMs: true,
  } satisfies Record<keyof RegistryOptions, true>,
  read: { consistentRead: true, signal: true } satisfies Record<keyof ReadOptions, true>,
  write: { signal: true } satisfies Record<keyof CallOptions, true>,
  action: { native: true } satisfies Record<keyof ActionOptions, true>,
};

/**
 * How long a write retries conflicts, in milliseconds.
 *
 * @throws TypeError for a time-out that is none
 */
export function readContentionTimeout({
  contentionTimeoutMs = DEFAULT_CONTENTION_TIMEOUT_MS,
}: Pick<RegistryOptions, "contentionTimeoutMs">) {
  if (contentionTimeoutMs >= 0) return contentionTimeoutMs;
  throw new TypeError("contentionTimeoutMs must be a number of milliseconds from 0.");
}
