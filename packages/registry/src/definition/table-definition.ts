import type { RegistryDefinition } from "./registry-definition.ts";

/**
 * The table that a definition needs, as plain data for CreateTable and for infrastructure code: string keys, on-demand
 * capacity, and a stream with both images so that what others break can be found and repaired. A table that exists may
 * have any indexes and attributes besides.
 *
 * @example
 * ```ts
 * import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { type RegistryDefinition, tableDefinition } from "@rollcall/registry";
 *
 * declare const tenants: RegistryDefinition;
 * await new DynamoDBClient({}).send(new CreateTableCommand({ TableName: "app", ...tableDefinition(tenants) }));
 * ```
 */
export function tableDefinition({ key }: Pick<RegistryDefinition, "key">) {
  const names = key.sort === undefined ? [key.partition] : [key.partition, key.sort];
  return {
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
    KeySchema: names.map((AttributeName, i) => ({
      AttributeName,
      KeyType: i === 0 ? ("HASH" as const) : ("RANGE" as const),
    })),
    BillingMode: "PAY_PER_REQUEST" as const,
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" as const },
  };
}
