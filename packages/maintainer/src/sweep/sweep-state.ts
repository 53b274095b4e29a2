import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { isConditionFailure, itemSizeBytes } from "@rollcall/registry/protocol";
import { type ItemKey, SORT_KEY } from "@rollcall/registry/schema";
import type { PassCursor } from "../pass/pass-cursor.ts";

/** The most a state's item may weigh, well below DynamoDB's limit; a larger one is not saved. */
const MAX_STATE_BYTES = 300 * 1024;

/** What a sweep found, over all namespaces. */
export interface SweepFindings {
  defaults: number;
  missing: number;
  orphaned: number;
  repaired: number;
  unrepaired: number;
  malformed: number;
  legacyLimits: number;
}

/** A sweep that came to its end. Times are in milliseconds since 1970. */
export interface CompletedSweep {
  startedAt: number;
  completedAt: number;
  itemsScanned: number;
  scanReadUnits: number;
  findings: SweepFindings;
}

/** What sweeps leave for one another in the table. */
export interface SweepState {
  /** Grows with every write, so that of two sweeps at once only one goes on. 0: nothing was ever written. */
  version: number;
  /** The sweep under way, if one is. */
  current?: { startedAt: number; findings: SweepFindings; cursor: PassCursor } | undefined;
  last?: CompletedSweep | undefined;
}

/** A table, and how to reach it. */
interface Table {
  client: Pick<DynamoDBClient, "send">;
  tableName: string;
}

/**
 * The key of the item that holds the state of sweeps. It lies beside the flat registry, under a sort key of its own that
 * is neither a default's, nor a registry's, nor any of the limiter's.
 *
 * @example
 * ```ts
 * import { sweepStateKey } from "@rollcall/maintainer";
 *
 * sweepStateKey(); // { PK: { S: "SYSTEM#" }, SK: { S: "#ROLLCALL#SWEEP" } }
 * ```
 */
export function sweepStateKey(): ItemKey {
  return { PK: { S: "SYSTEM#" }, SK: { S: "#ROLLCALL#SWEEP" } };
}

/**
 * Reads what sweeps have left, strongly consistent. A state that cannot be read counts as none.
 *
 * @example
 * ```ts
 * import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { readSweepState } from "@rollcall/maintainer";
 *
 * const { last } = await readSweepState({ client: new DynamoDBClient({}), tableName: "limits" });
 * console.log(last?.findings.missing);
 * ```
 */
export async function readSweepState({ client, tableName }: Table, signal?: AbortSignal): Promise<SweepState> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: sweepStateKey(), ConsistentRead: true }),
    signal ? { abortSignal: signal } : {},
  );
  const version = Number(Item?.version?.N ?? 0);
  try {
    return { ...(JSON.parse(Item?.state?.S ?? "{}") as Omit<SweepState, "version">), version };
  } catch {
    return { version }; // whoever wrote it, the next sweep begins anew
  }
}

/**
 * Replaces the state of the version before. Resolves to whether it did: `overtaken` when another sweep was faster,
 * `too-large` when nothing was written because the item would not fit.
 */
export async function writeSweepState(
  { client, tableName }: Table,
  { version, ...state }: SweepState,
): Promise<"written" | "overtaken" | "too-large"> {
  const Item = { ...sweepStateKey(), version: { N: String(version) }, state: { S: JSON.stringify(state) } };
  if (itemSizeBytes(Item) > MAX_STATE_BYTES) return "too-large";
  try {
    await client.send(
      new PutItemCommand({
        TableName: tableName,
        Item,
        ConditionExpression: "attribute_not_exists(#sk) OR #version = :before",
        ExpressionAttributeNames: { "#sk": SORT_KEY, "#version": "version" },
        ExpressionAttributeValues: { ":before": { N: String(version - 1) } },
      }),
    );
    return "written";
  } catch (error) {
    if (isConditionFailure(error)) return "overtaken";
    throw error;
  }
}
