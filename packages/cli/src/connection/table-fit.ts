import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "@rollcall/registry/schema";

/** How an existing table differs from the one that is needed: what is wrong and what to do about it. */
export function tableDifferences(table: TableDescription): string[] {
  const needed = tableDefinition();
  const differences: string[] = [];
  const [keys, neededKeys] = [describeKeys(table), describeKeys(needed)];
  if (keys !== neededKeys) {
    differences.push(`its keys are ${keys} and should be ${neededKeys}, which cannot be changed: use another table`);
  }
  const stream = table.StreamSpecification?.StreamEnabled ? table.StreamSpecification.StreamViewType : undefined;
  const neededStream = needed.StreamSpecification.StreamViewType;
  if (stream !== neededStream) {
    const update = `aws dynamodb update-table --table-name ${table.TableName} --stream-specification`;
    const enable = `StreamEnabled=true,StreamViewType=${neededStream}`;
    differences.push(
      stream === undefined
        ? `its stream is off: switch it on with: ${update} ${enable}`
        : `its stream holds ${stream} and should hold ${neededStream}: switch it off and on again with: ` +
            `${update} StreamEnabled=false, and then ${enable}`,
    );
  }
  return differences;
}

/** `PK (S, HASH), SK (S, RANGE)` */
function describeKeys({ KeySchema = [], AttributeDefinitions = [] }: TableDescription): string {
  const type = (name: string | undefined): string | undefined =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  return KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} (${type(AttributeName)}, ${KeyType})`).join(
    ", ",
  );
}
