import type { Capacity, ConsumedCapacity, ReturnConsumedCapacity } from "@aws-sdk/client-dynamodb";

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;
/** What a transaction costs more than single requests. */
export const TRANSACTION_FACTOR = 2;

/** Write units of one item, by the larger of its sizes before and after. */
export function writeUnits(bytes: number): number {
  return Math.ceil(Math.max(bytes, 1) / WRITE_UNIT_BYTES);
}

/** Read units of so many bytes that are read together. */
export function readUnits(bytes: number, isConsistent: boolean | undefined): number {
  return Math.ceil(Math.max(bytes, 1) / READ_UNIT_BYTES) * (isConsistent ? 1 : 0.5);
}

/** Units that a request consumed of a table, and of its indexes by their names. */
export interface Units {
  readonly table: number;
  readonly indexes?: ReadonlyMap<string, number>;
}

export function totalOf({ table, indexes }: Units): number {
  let total = table;
  for (const units of indexes?.values() ?? []) total += units;
  return total;
}

export function sumOf(one: Units, other: Units): Units {
  const table = one.table + other.table;
  if (one.indexes === undefined && other.indexes === undefined) return { table };
  const indexes = new Map(one.indexes);
  for (const [name, units] of other.indexes ?? []) indexes.set(name, (indexes.get(name) ?? 0) + units);
  return { table, indexes };
}

/** What is billed: a table with its indexes. */
interface Billed {
  readonly name: string;
  readonly indexes: ReadonlyMap<string, { readonly isGlobal: boolean }>;
}

/** The answer's part on capacity, where the request wants one. */
export function consumedCapacity(
  wanted: ReturnConsumedCapacity | undefined,
  table: Billed,
  units: Units,
): { ConsumedCapacity?: ConsumedCapacity } {
  if (wanted !== "TOTAL" && wanted !== "INDEXES") return {};
  const total = { TableName: table.name, CapacityUnits: totalOf(units) };
  return { ConsumedCapacity: wanted === "TOTAL" ? total : { ...total, ...byIndex(table, units) } };
}

function byIndex({ indexes }: Billed, units: Units): Partial<ConsumedCapacity> {
  const ofKind = (isGlobal: boolean): Record<string, Capacity> | undefined => {
    const own = [...(units.indexes ?? [])].filter(([name]) => indexes.get(name)?.isGlobal === isGlobal);
    return own.length === 0
      ? undefined
      : Object.fromEntries(own.map(([name, CapacityUnits]) => [name, { CapacityUnits }]));
  };
  const [GlobalSecondaryIndexes, LocalSecondaryIndexes] = [ofKind(true), ofKind(false)];
  return {
    Table: { CapacityUnits: units.table },
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
    ...(LocalSecondaryIndexes && { LocalSecondaryIndexes }),
  };
}

/** What a request on several tables consumed, table by table. */
export class UnitsByTable<T extends Billed> {
  readonly #units = new Map<T, Units>();

  add(table: T, units: Units): void {
    const known = this.#units.get(table);
    this.#units.set(table, known === undefined ? units : sumOf(known, units));
  }

  consumed(wanted: ReturnConsumedCapacity | undefined): { ConsumedCapacity?: ConsumedCapacity[] } {
    if (wanted !== "TOTAL" && wanted !== "INDEXES") return {};
    return {
      ConsumedCapacity: [...this.#units].flatMap(
        ([table, units]) => consumedCapacity(wanted, table, units).ConsumedCapacity ?? [],
      ),
    };
  }
}
