import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Operation } from "../alternatives/writer.ts";
import { WRITERS, type WritingWay } from "../alternatives/writers.ts";
import type { Bench, Row } from "../bench.ts";
import { countDrift } from "../tables/drift.ts";
import { seededRandom } from "../tables/random.ts";
import { writeAll } from "../tables/write-all.ts";
import type { Lab } from "./lab.ts";

/** Writes to count. */
export interface WritePlan {
  readonly way: WritingWay;
  readonly operation: Operation;
  readonly tableName: string;
  readonly names: readonly string[];
  /** How many write at the same time, in one process. */
  readonly writers: number;
  /** Breaks the client, each time in the same way. */
  breakClient?(client: DynamoDBClient, random: () => number): void;
}

/** What writes cost, how many of them failed, and the drift they left. */
export async function countWrites(
  lab: Lab,
  { engine, seed }: Pick<Bench, "engine" | "seed">,
  { way, operation, tableName, names, writers, breakClient }: WritePlan,
): Promise<Pick<Row, "operations" | "counts" | "isExact">> {
  let failed = 0;
  const { writeUnits = 0, ...counts } = await lab.count(async (client) => {
    breakClient?.(client, seededRandom(seed));
    const writer = WRITERS[way]({ client, tableName }, seededRandom(seed + 1));
    ({ failed } = await writeAll(writer, operation, names, writers));
  });
  const drift = await countDrift({ client: lab.client, tableName }, names);
  const hasUnits = engine === "dynoxide" || areWritesApart(way, writers) || way === "two calls";
  return {
    operations: names.length,
    counts: { ...counts, ...(hasUnits && { writeUnits }), failed, drift },
    isExact: isRepeatable(way, writers, breakClient !== undefined),
  };
}

/**
 * Whether the counts are the same in every run. Optimistic writers race, and lose or win. Where some requests are refused,
 * it is chance which call of which of several writers meets that; all calls of the other ways are alike.
 */
export function isRepeatable(way: WritingWay, writers: number, isRefusing: boolean): boolean {
  if (writers === 1) return true;
  return way !== "optimistic transaction" && !(way === "two calls" && isRefusing);
}

/**
 * Whether one write ends before the next begins, for DynamoDB Local's transactions are metered by sizes before and after
 * them. Rollcall joins what is written at the same time in one process, and has one transaction in flight.
 */
function areWritesApart(way: WritingWay, writers: number): boolean {
  return way === "Rollcall" || writers === 1;
}
