import { TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import { REGISTRY_ATTRIBUTE, registryKey, resourceKey } from "@rollcall/registry/schema";
import { NAMESPACE } from "../tables/items.ts";
import type { TableAddress } from "../tables/table-address.ts";
import { registryChange } from "./registry-change.ts";
import { scanForNamesInParallel } from "./table-scan.ts";

const WRITE_UNIT_BYTES = 1_024;

/** Registers every default that a Scan finds, each in a transaction that checks that it is still there. */
export async function backfillByName({ client, tableName: TableName }: TableAddress): Promise<void> {
  for (const name of await scanForNamesInParallel({ client, tableName: TableName })) {
    const ConditionExpression = "attribute_exists(PK)";
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { ConditionCheck: { TableName, Key: resourceKey(name, NAMESPACE), ConditionExpression } },
          { Update: { TableName, Key: registryKey(NAMESPACE), ...registryChange("ADD", name) } },
        ],
      }),
    );
  }
}

/** The write units of that by AWS's rules, where running it would take too long. */
export function unitsOfBackfillByName(names: readonly string[]): number {
  let bytes = itemSizeBytes({ ...registryKey(NAMESPACE), [REGISTRY_ATTRIBUTE]: { SS: [] } });
  let units = 0;
  for (const name of names) {
    bytes += Buffer.byteLength(name);
    units += 2 * (1 + Math.ceil(bytes / WRITE_UNIT_BYTES));
  }
  return units;
}
