import type { DynamoDBClient, DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { Clock } from "./protocol/clock.ts";

/** Bring a client, or the configuration of one that the registry creates and destroys; by default the SDK's defaults. */
type ClientOptions =
  | {
      /** A client to use. It stays yours: disposing the registry does not destroy it. */
      client?: DynamoDBClient | undefined;
      clientConfig?: never;
    }
  | {
      client?: never;
      /** Configuration for a client of the registry's own. */
      clientConfig?: DynamoDBClientConfig | undefined;
    };

/** Options of a `ResourceRegistry`. */
export type ResourceRegistryOptions = ClientOptions & {
  /** Name or ARN of the table. */
  tableName: string;
  /** The tenant whose defaults and registry to use. Default: none, which means flat keys. */
  namespace?: string | undefined;
  /**
   * Milliseconds from the first refusal for which a write goes on retrying conflicts and throttling before it rejects
   * with `ContentionError`. Default 30,000. Time spent waiting for one's turn does not count.
   */
  contentionTimeoutMs?: number | undefined;
  /** Where time comes from; tests and simulations bring their own. Default: the machine's monotonic clock. */
  clock?: Clock | undefined;
  /** Source of the retries' jitter, a number from 0 up to 1. Default `Math.random`. */
  random?: (() => number) | undefined;
};

/** What the constructor and the calls know. */
export const KNOWN_OPTIONS = {
  constructor: ["tableName", "namespace", "client", "clientConfig", "contentionTimeoutMs", "clock", "random"],
  read: ["consistentRead", "signal"],
  write: ["signal"],
} as const satisfies Record<string, readonly string[]>;

/** Refuses an option nobody reads, so that a typo cannot pass for a setting. */
export function assertKnownOptions(known: readonly string[], options: object): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`Unknown option "${unknown}"; known are ${known.join(", ")}.`);
}
