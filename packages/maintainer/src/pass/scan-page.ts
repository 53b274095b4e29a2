import type { AttributeValue, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { DEFAULT_SORT_KEY, type KeyLike, SORT_KEY } from "@rollcall/registry/schema";
import { type KeyScan, keyScan } from "../registries/scan-filter.ts";
import type { KeyReading, ListedDefinition, TableRegistries } from "../registries/table-registries.ts";
import type { SegmentPosition } from "./pass-cursor.ts";

/** Sort keys of the limiter's oldest defaults, one item a limit, begin so. */
const LEGACY_SORT_KEY_PREFIX = "#LIMIT#";

/** What a scanned item means to a pass. An item may mean something to several definitions. */
export type ScannedItem = KeyReading | { kind: "legacy"; listed: ListedDefinition; scope: string | undefined };

/** Asks for the pages of a table's Scan, and says what their items are. */
export class ScanReader {
  readonly #registries: TableRegistries;
  readonly #scan: KeyScan;

  constructor(registries: TableRegistries) {
    const legacy = registries.resources === undefined ? [] : [{ sort: { prefix: LEGACY_SORT_KEY_PREFIX, suffix: "" } }];
    this.#registries = registries;
    this.#scan = keyScan(registries, legacy);
  }

  /**
   * A page of the base table: no index has every item. Eventually consistent, for half the price, because nothing is
   * called drift before it has been read again. Only keys come over the wire, and only of items that matter here; what
   * is filtered out is paid for all the same.
   */
  page(
    tableName: string,
    segment: { index: number; total: number; position: SegmentPosition },
    limit: number,
  ): ScanCommandInput {
    const { index, total, position } = segment;
    return {
      TableName: tableName,
      Segment: index,
      TotalSegments: total,
      Limit: limit,
      ...(position.after && { ExclusiveStartKey: position.after }),
      ...this.#scan,
      ReturnConsumedCapacity: "TOTAL",
    };
  }

  /** What an item is; nothing for one of another application's. */
  classify(key: Record<string, AttributeValue>): ScannedItem[] {
    const readings: ScannedItem[] = this.#registries.read(key as KeyLike);
    return readings.length > 0 ? readings : this.#legacyItem(key);
  }

  #legacyItem(key: Record<string, AttributeValue>): ScannedItem[] {
    const listed = this.#registries.resources;
    if (listed === undefined || !key[SORT_KEY]?.S?.startsWith(LEGACY_SORT_KEY_PREFIX)) return [];
    const legacy = listed.keys.readMember({ ...(key as KeyLike), [SORT_KEY]: { S: DEFAULT_SORT_KEY } });
    return legacy === undefined ? [] : [{ kind: "legacy", listed, scope: legacy.scope }];
  }
}
