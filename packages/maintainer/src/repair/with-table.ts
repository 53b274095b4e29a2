import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openClient, timingOf } from "@rollcall/registry/internal";
import type { TableReader } from "./membership.ts";

/** How long a call retries against other writers and throttling, in milliseconds. */
const CONTENTION_TIMEOUT_MS = 30_000;

/** What every call takes that is about one table. */
interface TableOptions {
  tableName: string;
  client?: Pick<DynamoDBClient, "send"> | undefined;
}

/** Does something with the table that options name. A client that they do not bring is created for it, and destroyed. */
export async function withTable<T>(options: TableOptions, use: (table: TableReader) => Promise<T>): Promise<T> {
  const { tableName } = options;
  const ownClient = options.client === undefined ? openClient({}).client : undefined;
  const client = options.client ?? (ownClient as DynamoDBClient);
  const retry = { ...timingOf(options), contentionTimeoutMs: CONTENTION_TIMEOUT_MS };
  try {
    return await use({ client, tableName, retry });
  } finally {
    ownClient?.destroy();
  }
}
