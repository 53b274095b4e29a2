import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { MAX_TIMER_MS } from "./protocol/constants.ts";

/** How long one attempt of a request may take, in milliseconds, where the client is the registry's own. */
const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;

/** Bring a client, or the configuration of one that the registry creates and destroys; by default the SDK's defaults. */
export type ClientOptions =
  | {
      /**
       * A client to use. It stays yours: disposing the registry does not destroy it. Its time-outs are yours too: the SDK
       * has none unless `requestHandler: { requestTimeout, throwOnRequestTimeout: true }` is configured.
       */
      client?: DynamoDBClient | undefined;
      clientConfig?: never;
      requestTimeoutMs?: never;
    }
  | {
      client?: never;
      /** Configuration for a client of the registry's own. */
      clientConfig?: DynamoDBClientConfig | undefined;
      /**
       * Milliseconds after which one attempt of a request ends without an answer, for a client of the registry's own.
       * Default 10,000. The SDK makes up to 4 attempts, and then the call rejects with its `TimeoutError`. Time-outs in
       * `clientConfig.requestHandler` take precedence; a handler object given there has its own.
       */
      requestTimeoutMs?: number | undefined;
    };

/** The client to use, and whether it is the registry's to destroy. */
export interface OpenedClient {
  client: DynamoDBClient;
  isOwn: boolean;
}

/** @throws TypeError for options that do not go together, or a time-out that is none */
export function openClient({ client, clientConfig, requestTimeoutMs }: ClientOptions): OpenedClient {
  if (client && clientConfig) throw new TypeError("Pass either client or clientConfig, not both.");
  if (client && requestTimeoutMs !== undefined) {
    throw new TypeError("Pass requestTimeoutMs without client: a client that you bring has time-outs of its own.");
  }
  if (client) return { client, isOwn: false };
  return { client: createClient(clientConfig, requestTimeoutMs), isOwn: true };
}

function createClient(config: DynamoDBClientConfig = {}, timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS): DynamoDBClient {
  if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMER_MS)) {
    throw new TypeError(`requestTimeoutMs must be a number of milliseconds above 0, at most ${MAX_TIMER_MS}.`);
  }
  const { requestHandler } = config;
  if (requestHandler !== undefined && "handle" in requestHandler) return new DynamoDBClient(config);
  // The SDK only warns of a request that takes too long unless it is told to end it.
  const timeouts = { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true };
  return new DynamoDBClient({ ...config, requestHandler: { ...timeouts, ...requestHandler } });
}
