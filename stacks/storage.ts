import { tableDefinition } from "@rollcall/registry";
import { isResources } from "@rollcall/registry/resources";
import { TTL_ATTRIBUTE } from "@rollcall/registry/schema";
import type { Registries } from "./registries.ts";
import { assertTableFits } from "./table-fit.ts";

/** The table, new or not, as the other stacks need it. */
export interface Table {
  name: $util.Output<string>;
  arn: $util.Output<string>;
  streamArn: $util.Output<string>;
}

/** The table that an app names, of which nothing is changed; or else a new one. */
export function storage({
  existingTable,
  registries,
  production,
}: {
  existingTable: string | undefined;
  registries: Registries;
  production: boolean;
}): Table {
  return existingTable === undefined ? newTable(registries, production) : findTable(existingTable, registries);
}

/** Encrypted at rest and reached over TLS as every table is; no one outside the account has access. */
function newTable(registries: Registries, production: boolean): Table {
  const { AttributeDefinitions, KeySchema, BillingMode, StreamSpecification } = tableDefinition(registries[0]);
  const [hashKey, rangeKey] = KeySchema.map(({ AttributeName }) => AttributeName);
  const { table } = new sst.aws.Dynamo("Table", {
    fields: Object.fromEntries(AttributeDefinitions.map(({ AttributeName }) => [AttributeName, "string" as const])),
    primaryIndex: { hashKey: hashKey ?? "", ...(rangeKey !== undefined && { rangeKey }) },
    stream: "new-and-old-images",
    // What others have under that attribute is not ours to know.
    ...(registries.some(isResources) && { ttl: TTL_ATTRIBUTE }),
    deletionProtection: production,
    transform: {
      table: {
        billingMode: BillingMode,
        streamEnabled: StreamSpecification.StreamEnabled,
        streamViewType: StreamSpecification.StreamViewType,
        pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
      },
    },
  }).nodes;
  return { name: table.name, arn: table.arn, streamArn: table.streamArn };
}

/** Only read: an app must not own, and so be able to change or remove, a table that others made. */
function findTable(name: string, registries: Registries): Table {
  const table = aws.dynamodb.getTableOutput({ name }).apply((found) => {
    assertTableFits(found, registries[0]);
    return found;
  });
  return { name: table.name, arn: table.arn, streamArn: table.streamArn };
}
