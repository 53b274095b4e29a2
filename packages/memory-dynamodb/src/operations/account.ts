import type {
  DescribeContinuousBackupsCommandInput,
  ListTagsOfResourceCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateContinuousBackupsCommandInput,
} from "@aws-sdk/client-dynamodb";
import { serviceError } from "../errors.ts";
import type { OperationHost } from "../host.ts";

/** An account's quotas as AWS sets them at first. */
const QUOTAS = {
  AccountMaxReadCapacityUnits: 80_000,
  AccountMaxWriteCapacityUnits: 80_000,
  TableMaxReadCapacityUnits: 40_000,
  TableMaxWriteCapacityUnits: 40_000,
} as const;

/** What an account answers that has tables and nothing else: no backups, exports, imports or replicas. */
export const EMPTY_ACCOUNT = {
  DescribeContributorInsights: { ContributorInsightsStatus: "DISABLED" },
  DescribeEndpoints: { Endpoints: [] },
  DescribeKinesisStreamingDestination: { KinesisDataStreamDestinations: [] },
  DescribeLimits: QUOTAS,
  ListBackups: { BackupSummaries: [] },
  ListContributorInsights: { ContributorInsightsSummaries: [] },
  ListExports: { ExportSummaries: [] },
  ListGlobalTables: { GlobalTables: [] },
  ListImports: { ImportSummaryList: [] },
} as const;

export function getResourcePolicy(): never {
  throw serviceError("PolicyNotFoundException", "Resource-based policy not found for the provided ResourceArn");
}

export function tagResource(database: OperationHost, { ResourceArn, Tags = [] }: TagResourceCommandInput) {
  const table = database.table(ResourceArn);
  const added = Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
  table.settings = { ...table.settings, tags: { ...table.settings.tags, ...added } };
  return {};
}

export function untagResource(database: OperationHost, { ResourceArn, TagKeys = [] }: UntagResourceCommandInput) {
  const table = database.table(ResourceArn);
  const left = Object.entries(table.settings.tags).filter(([key]) => !TagKeys.includes(key));
  table.settings = { ...table.settings, tags: Object.fromEntries(left) };
  return {};
}

export function listTagsOfResource(database: OperationHost, { ResourceArn }: ListTagsOfResourceCommandInput) {
  const { tags } = database.table(ResourceArn).settings;
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

export function describeContinuousBackups(
  database: OperationHost,
  { TableName }: DescribeContinuousBackupsCommandInput,
) {
  const { isRecoverable } = database.table(TableName).settings;
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: isRecoverable ? "ENABLED" : "DISABLED" },
    },
  };
}

export function updateContinuousBackups(database: OperationHost, input: UpdateContinuousBackupsCommandInput) {
  const table = database.table(input.TableName);
  const isRecoverable = input.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false;
  table.settings = { ...table.settings, isRecoverable };
  return describeContinuousBackups(database, input);
}
