import type {
  CreateTableCommandInput,
  DeleteTableCommandInput,
  DescribeTableCommandInput,
  DescribeTimeToLiveCommandInput,
  ListTablesCommandInput,
  UpdateTableCommandInput,
  UpdateTimeToLiveCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Database } from "../database.ts";
import { tableExists, validationError } from "../errors.ts";
import { Table } from "../tables/table.ts";

/** Source: API reference of ListTables. */
const MAX_TABLES_A_PAGE = 100;

export function createTable(database: Database, input: CreateTableCommandInput) {
  const name = input.TableName ?? "";
  if (database.tableNames().includes(name)) throw tableExists(name);
  const table = Table.create(database, input);
  database.addTable(table);
  return { TableDescription: table.describe() };
}

export function describeTable(database: Database, { TableName }: DescribeTableCommandInput) {
  return { Table: database.table(TableName).describe() };
}

export function deleteTable(database: Database, { TableName }: DeleteTableCommandInput) {
  const TableDescription = database.table(TableName).describe();
  if (TableDescription.DeletionProtectionEnabled) {
    throw validationError(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
  }
  database.removeTable(TableName ?? "");
  return { TableDescription };
}

/** Changes the stream, and nothing else. */
export function updateTable(database: Database, { TableName, StreamSpecification }: UpdateTableCommandInput) {
  const table = database.table(TableName);
  if (StreamSpecification !== undefined) {
    const isOn = table.stream !== undefined;
    if (isOn === StreamSpecification.StreamEnabled) {
      throw validationError(isOn ? "Table already has an enabled stream" : "Table has no stream to disable");
    }
    table.setStream(StreamSpecification);
  }
  return { TableDescription: table.describe() };
}

export function listTables(database: Database, { ExclusiveStartTableName = "", Limit }: ListTablesCommandInput) {
  const names = database.tableNames().filter((name) => name > ExclusiveStartTableName);
  const TableNames = names.slice(0, Limit ?? MAX_TABLES_A_PAGE);
  return { TableNames, ...(TableNames.length < names.length && { LastEvaluatedTableName: TableNames.at(-1) }) };
}

/** Only remembers it: items expire when {@link Table.expire} says so. */
export function updateTimeToLive(
  database: Database,
  { TableName, TimeToLiveSpecification }: UpdateTimeToLiveCommandInput,
) {
  const { AttributeName, Enabled } = TimeToLiveSpecification ?? {};
  const table = database.table(TableName);
  if (Enabled === (table.timeToLiveAttribute !== undefined)) {
    throw validationError(`TimeToLive is already ${Enabled ? "enabled" : "disabled"}`);
  }
  table.timeToLiveAttribute = Enabled ? AttributeName : undefined;
  return { TimeToLiveSpecification };
}

export function describeTimeToLive(database: Database, { TableName }: DescribeTimeToLiveCommandInput) {
  const AttributeName = database.table(TableName).timeToLiveAttribute;
  return {
    TimeToLiveDescription:
      AttributeName === undefined
        ? { TimeToLiveStatus: "DISABLED" as const }
        : { TimeToLiveStatus: "ENABLED" as const, AttributeName },
  };
}
