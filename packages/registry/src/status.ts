import { NEAR_LIMIT_BYTES } from "./constants.ts";
import { MAX_ITEM_BYTES, MAX_TRANSACTION_ACTIONS } from "./protocol/constants.ts";
import { itemSizeBytes } from "./protocol/item-size.ts";
import type { StoredShard } from "./registry-reader.ts";
import type { RegistryItemStatus, RegistryStatus } from "./types.ts";

/** A transaction costs twice the units of its writes. Source: Developer Guide, "Transaction capacity". */
const TRANSACTION_FACTOR = 2;
const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/** What there is to say about a registry: of its fullest shard, and of the size of each. */
export function registryStatus(shards: readonly StoredShard[]): RegistryStatus {
  const all = shards.map((shard) => itemStatus(shard));
  const fullest = all.reduce((best, each) => (each.bytes > best.bytes ? each : best));
  return { ...fullest, shards: all.map(({ names, bytes }, shard) => ({ shard, names, bytes })) };
}

/** What there is to say about one registry item, or about its absence. */
function itemStatus({ item, names, malformed }: StoredShard): RegistryItemStatus {
  const bytes = item === undefined ? 0 : itemSizeBytes(item);
  const registryUnits = TRANSACTION_FACTOR * units(bytes, WRITE_UNIT_BYTES);
  const memberUnits = TRANSACTION_FACTOR;
  return {
    names: names.length,
    malformed,
    bytes,
    limitBytes: MAX_ITEM_BYTES,
    limitShare: bytes / MAX_ITEM_BYTES,
    nearLimit: bytes >= NEAR_LIMIT_BYTES,
    setWriteUnits: memberUnits + registryUnits,
    groupedWriteUnits: memberUnits + registryUnits / (MAX_TRANSACTION_ACTIONS - 1),
    updateWriteUnits: 1,
    listReadUnits: units(bytes, READ_UNIT_BYTES) / 2,
  };
}

/** Every read and write costs at least one unit. */
function units(bytes: number, unitBytes: number): number {
  return Math.max(1, Math.ceil(bytes / unitBytes));
}
