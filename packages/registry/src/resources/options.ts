import type { DynamoDBClient, DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

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
};

/** What the constructor and the calls know. */
export const KNOWN_OPTIONS = {
  constructor: ["tableName", "namespace", "client", "clientConfig", "contentionTimeoutMs"],
  read: ["consistentRead", "signal"],
  write: ["signal"],
} as const satisfies Record<string, readonly string[]>;
