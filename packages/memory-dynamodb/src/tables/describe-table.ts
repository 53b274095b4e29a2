import type {
  CreateTableCommandInput,
  GlobalSecondaryIndexDescription,
  ProvisionedThroughput,
  TableDescription,
} from "@aws-sdk/client-dynamodb";
import type { Item } from "../model.ts";
import { sizeOf } from "../values/item-size.ts";
import { Timestamp } from "../values/timestamp.ts";
import type { IndexDefinition, SecondaryIndex } from "./secondary-index.ts";

/** What DescribeTable tells of, besides the definition. */
interface Described {
  readonly arn: string;
  readonly createdAt: number;
  readonly items: ReadonlyMap<string, Item>;
  readonly indexes: ReadonlyMap<string, SecondaryIndex>;
  readonly stream: { readonly arn: string; readonly label: string; readonly isEnabled: boolean } | undefined;
}

/** Sizes and counts are those of the moment; AWS's are up to six hours old. Everything is active immediately. */
export function describeTable(definition: CreateTableCommandInput, described: Described): TableDescription {
  const { BillingMode, GlobalSecondaryIndexes, LocalSecondaryIndexes, TableClass } = definition;
  const { arn, createdAt, items, stream } = described;
  const indexDescription = (index: IndexDefinition & { ProvisionedThroughput?: ProvisionedThroughput | undefined }) =>
    describeIndex(index, described);
  return {
    TableName: definition.TableName,
    TableArn: arn,
    TableStatus: "ACTIVE",
    CreationDateTime: new Timestamp(createdAt),
    ItemCount: items.size,
    TableSizeBytes: bytesOf(items.values()),
    KeySchema: definition.KeySchema,
    AttributeDefinitions: definition.AttributeDefinitions,
    DeletionProtectionEnabled: definition.DeletionProtectionEnabled ?? false,
    ProvisionedThroughput: throughput(definition.ProvisionedThroughput),
    ...(BillingMode && { BillingModeSummary: { BillingMode } }),
    ...(TableClass && { TableClassSummary: { TableClass } }),
    ...(GlobalSecondaryIndexes?.length && {
      GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index) => ({
        ...indexDescription(index),
        IndexStatus: "ACTIVE" as const,
        ProvisionedThroughput: throughput(index.ProvisionedThroughput),
      })),
    }),
    ...(LocalSecondaryIndexes?.length && { LocalSecondaryIndexes: LocalSecondaryIndexes.map(indexDescription) }),
    ...(stream?.isEnabled && { StreamSpecification: definition.StreamSpecification }),
    ...(stream && { LatestStreamArn: stream.arn, LatestStreamLabel: stream.label }),
  };
}

function describeIndex(
  { IndexName = "", KeySchema, Projection }: IndexDefinition,
  { arn, items, indexes }: Described,
): GlobalSecondaryIndexDescription {
  const index = indexes.get(IndexName);
  const entries = [...items.values()].filter((item) => index?.includes(item));
  return {
    IndexName,
    IndexArn: `${arn}/index/${IndexName}`,
    KeySchema,
    Projection,
    ItemCount: entries.length,
    IndexSizeBytes: bytesOf(entries.map((item) => index?.entryOf(item) ?? item)),
  };
}

function throughput(asked: ProvisionedThroughput | undefined) {
  const { ReadCapacityUnits = 0, WriteCapacityUnits = 0 } = asked ?? {};
  return { NumberOfDecreasesToday: 0, ReadCapacityUnits, WriteCapacityUnits };
}

function bytesOf(items: Iterable<Item>): number {
  let bytes = 0;
  for (const item of items) bytes += sizeOf(item);
  return bytes;
}
