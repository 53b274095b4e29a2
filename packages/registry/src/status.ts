import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { NEAR_LIMIT_BYTES } from "./constants.ts";
import { MAX_ITEM_BYTES, MAX_TRANSACTION_ACTIONS } from "./protocol/constants.ts";
import { itemSizeBytes } from "./protocol/item-size.ts";
import type { RegistryStatus } from "./types.ts";

/** A transaction costs twice the units of its writes. Source: Developer Guide, "Transaction capacity". */
const TRANSACTION_FACTOR = 2;
const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/** What there is to say about a registry item, or about its absence. */
export function describeRegistry(
  item: Readonly<Record<string, AttributeValue>> | undefined,
  stored: readonly string[],
): RegistryStatus {
  const bytes = item === undefined ? 0 : itemSizeBytes(item);
  const names = stored.filter((name) => name !== "").length;
  const registryUnits = TRANSACTION_FACTOR * units(bytes, WRITE_UNIT_BYTES);
  const defaultUnits = TRANSACTION_FACTOR;
  return {
    names,
    malformed: stored.length - names,
    bytes,
    limitBytes: MAX_ITEM_BYTES,
    limitShare: bytes / MAX_ITEM_BYTES,
    nearLimit: bytes >= NEAR_LIMIT_BYTES,
    setWriteUnits: defaultUnits + registryUnits,
    groupedWriteUnits: defaultUnits + registryUnits / (MAX_TRANSACTION_ACTIONS - 1),
    updateWriteUnits: 1,
    listReadUnits: units(bytes, READ_UNIT_BYTES) / 2,
  };
}

/** Every read and write costs at least one unit. */
function units(bytes: number, unitBytes: number): number {
  return Math.max(1, Math.ceil(bytes / unitBytes));
}
