import type { AttributeValue, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { DEFAULT_SORT_KEY, type KeyLike, SORT_KEY } from "@rollcall/registry/schema";
import { type Flaws, flawsOf } from "../limiter/default-flaws.ts";
import { type KeyScan, keyScan, type ScanFilter } from "../registries/scan-filter.ts";
import type { KeyReading, ListedDefinition, TableRegistries } from "../registries/table-registries.ts";
import type { SegmentPosition } from "./pass-cursor.ts";

/** Sort keys of the limiter's oldest defaults, one item a limit, begin so. */
const LEGACY_SORT_KEY_PREFIX = "#LIMIT#";

/** What a scanned item means to a pass. An item may mean something to several definitions. */
export type ScannedItem =
  | (KeyReading & { flaws?: Flaws | undefined })
  | { kind: "legacy"; listed: ListedDefinition; scope: string | undefined };

/** Asks for the pages of a table's Scan, and says what their items are. */
export class ScanReader {
  readonly #registries: TableRegistries;
  readonly #scan: KeyScan | ScanFilter;
  readonly #inspects: boolean;

  /** @param inspects whether defaults of `resources` are looked into: then whole items come over the wire, for the same units */
  constructor(registries: TableRegistries, inspects = false) {
    const legacy = registries.resources === undefined ? [] : [{ sort: { prefix: LEGACY_SORT_KEY_PREFIX, suffix: "" } }];
    this.#registries = registries;
    this.#inspects = inspects && registries.resources !== undefined;
    const scan = keyScan(registries, legacy);
    this.#scan = this.#inspects ? wholeItems(scan) : scan;
  }

  /**
   * A page of the base table: no index has every item. Eventually consistent, for half the price, because nothing is
   * called drift before it has been read again. Unless defaults are inspected, only keys come over the wire, and only of
   * items that matter here; what is filtered out is paid for all the same.
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
    if (readings.length === 0) return this.#legacyItem(key);
    return this.#inspects ? readings.map((reading) => inspected(reading, key)) : readings;
  }

  #legacyItem(key: Record<string, AttributeValue>): ScannedItem[] {
    const listed = this.#registries.resources;
    if (listed === undefined || !key[SORT_KEY]?.S?.startsWith(LEGACY_SORT_KEY_PREFIX)) return [];
    const legacy = listed.keys.readMember({ ...(key as KeyLike), [SORT_KEY]: { S: DEFAULT_SORT_KEY } });
    return legacy === undefined ? [] : [{ kind: "legacy", listed, scope: legacy.scope }];
  }
}

function inspected(reading: ScannedItem, item: Record<string, AttributeValue>): ScannedItem {
  if (reading.kind !== "member" || !reading.listed.isResources || reading.name === "") return reading;
  return { ...reading, flaws: flawsOf(item, reading.name, reading.scope) };
}

/** The same Scan for whole items. DynamoDB refuses names of attributes that no expression has. */
function wholeItems({ ProjectionExpression, ExpressionAttributeNames = {}, ...filter }: KeyScan): ScanFilter {
  const used = Object.entries(ExpressionAttributeNames).filter(([name]) => filter.FilterExpression?.includes(name));
  return { ...filter, ...(used.length > 0 && { ExpressionAttributeNames: Object.fromEntries(used) }) };
}
