import { type RegistryDefinition, tableDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";

/** What is known of an existing table: the part of `aws.dynamodb.getTable`'s answer that decides whether it will do. */
export interface ExistingTable {
  name: string;
  hashKey: string;
  /** Empty where the table has no sort key. */
  rangeKey: string;
  attributes: readonly { name: string; type: string }[];
  streamEnabled: boolean;
  streamViewType: string;
}

/**
 * Passes over a table that the maintainer of a definition's registry can be attached to.
 *
 * @param definition one of those whose registries the table is to hold. Default: `resources`
 * @throws Error that says what is wrong with the table and how to put it right
 */
export function assertTableFits(table: ExistingTable, definition: RegistryDefinition = resources): void {
  const needed = tableDefinition(definition);
  const { StreamViewType: viewType } = needed.StreamSpecification;
  const typeOf = (key: string): string | undefined => table.attributes.find(({ name }) => name === key)?.type;
  const keyNames = [table.hashKey, table.rangeKey].filter((key) => key !== "");
  const keys = keyNames.map((key) => `${key} (${typeOf(key)})`).join(", ");
  const neededKeys = needed.AttributeDefinitions.map((key) => `${key.AttributeName} (${key.AttributeType})`).join(", ");
  const refuse = (reason: string): never => {
    throw new Error(`Cannot attach registry ${definition.name} to table ${JSON.stringify(table.name)}: ${reason}`);
  };
  const update = `aws dynamodb update-table --table-name ${table.name} --stream-specification`;
  const enable = `${update} StreamEnabled=true,StreamViewType=${viewType}`;
  if (keys !== neededKeys) {
    refuse(`its keys are ${keys} and should be ${neededKeys}, which cannot be changed. Attach to another table.`);
  }
  if (!table.streamEnabled) {
    refuse(
      `it has no stream, from which the maintainer learns of changes. Switch it on, and deploy again:\n  ${enable}`,
    );
  }
  if (table.streamViewType !== viewType) {
    refuse(
      `its stream holds ${table.streamViewType} and should hold ${viewType}. A view type cannot be changed, and other ` +
        "consumers of the stream have to be attached once more. Switch the stream off and on again, and deploy again:\n" +
        `  ${update} StreamEnabled=false\n  ${enable}`,
    );
  }
}
