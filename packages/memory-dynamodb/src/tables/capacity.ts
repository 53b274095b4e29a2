import type { ConsumedCapacity, ReturnConsumedCapacity } from "@aws-sdk/client-dynamodb";

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;
/** What a transaction costs more than single requests. */
export const TRANSACTION_FACTOR = 2;

/** Write units of one item, by the larger of its sizes before and after. Indexes are not counted. */
export function writeUnits(bytes: number): number {
  return Math.ceil(Math.max(bytes, 1) / WRITE_UNIT_BYTES);
}

/** Read units of so many bytes that are read together. */
export function readUnits(bytes: number, isConsistent: boolean | undefined): number {
  return Math.ceil(Math.max(bytes, 1) / READ_UNIT_BYTES) * (isConsistent ? 1 : 0.5);
}

/** The answer's part on capacity, where the request wants one. */
export function consumedCapacity(
  wanted: ReturnConsumedCapacity | undefined,
  TableName: string,
  CapacityUnits: number,
): { ConsumedCapacity?: ConsumedCapacity } {
  if (wanted !== "TOTAL" && wanted !== "INDEXES") return {};
  return { ConsumedCapacity: { TableName, CapacityUnits, ...(wanted === "INDEXES" && { Table: { CapacityUnits } }) } };
}

/** The same for requests on several tables. */
export function consumedByTable(
  wanted: ReturnConsumedCapacity | undefined,
  units: ReadonlyMap<string, number>,
): { ConsumedCapacity?: ConsumedCapacity[] } {
  if (wanted !== "TOTAL" && wanted !== "INDEXES") return {};
  return {
    ConsumedCapacity: [...units].flatMap(
      ([table, count]) => consumedCapacity(wanted, table, count).ConsumedCapacity ?? [],
    ),
  };
}
