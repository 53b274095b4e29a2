import type { ClientOptions } from "../client.ts";

/** Options of a `ResourceRegistry`. */
export type ResourceRegistryOptions = ClientOptions & {
  /** Name or ARN of the table. */
  tableName: string;
  /** The tenant whose defaults and registry to use. Default: none, which means flat keys. */
  namespace?: string | undefined;
  /**
   * Milliseconds from the first refusal for which a write retries conflicts and throttling before it rejects with
   * `ContentionError`. Default 30,000. Time spent waiting for one's turn does not count.
   */
  contentionTimeoutMs?: number | undefined;
};

/** What the constructor knows. */
export const KNOWN_OPTIONS = {
  tableName: true,
  namespace: true,
  client: true,
  clientConfig: true,
  contentionTimeoutMs: true,
  requestTimeoutMs: true,
} satisfies Record<keyof ResourceRegistryOptions, true>;
