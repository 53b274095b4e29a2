import type {
  CreateTableCommandInput,
  DeleteTableCommandInput,
  DescribeTableCommandInput,
  DescribeTimeToLiveCommandInput,
  ListTablesCommandInput,
  UpdateTableCommandInput,
  UpdateTimeToLiveCommandInput,
} from "@aws-sdk/client-dynamodb";
import { tableExists, validationError } from "../errors.ts";
import type { OperationHost } from "../host.ts";
import { Table } from "../tables/table.ts";

/** Source: API reference of ListTables. */
const MAX_TABLES_A_PAGE = 100;

export function createTable(database: OperationHost, input: CreateTableCommandInput) {
  const name = input.TableName ?? "";
  if (database.tableNames().includes(name)) throw tableExists(name);
  const table = Table.create(database, input);
  database.addTable(table);
  return { TableDescription: table.description() };
}

export function describeTable(database: OperationHost, { TableName }: DescribeTableCommandInput) {
  return { Table: database.table(TableName).description() };
}

export function deleteTable(database: OperationHost, { TableName }: DeleteTableCommandInput) {
  const TableDescription = database.table(TableName).description();
  if (TableDescription.DeletionProtectionEnabled) {
    throw validationError(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
  }
  database.removeTable(TableName ?? "");
  return { TableDescription };
}

/** Changes the stream, and nothing else. */
export function updateTable(database: OperationHost, { TableName, StreamSpecification }: UpdateTableCommandInput) {
  const table = database.table(TableName);
  if (StreamSpecification !== undefined) {
    const isOn = table.stream !== undefined;
    if (isOn === StreamSpecification.StreamEnabled) {
      throw validationError(isOn ? "Table already has an enabled stream" : "Table has no stream to disable");
    }
    table.setStream(StreamSpecification);
  }
  return { TableDescription: table.description() };
}

export function listTables(database: OperationHost, { ExclusiveStartTableName = "", Limit }: ListTablesCommandInput) {
  const names = database.tableNames().filter((name) => name > ExclusiveStartTableName);
  const TableNames = names.slice(0, Limit ?? MAX_TABLES_A_PAGE);
  return { TableNames, ...(TableNames.length < names.length && { LastEvaluatedTableName: TableNames.at(-1) }) };
}

/** Only remembers it: items expire when {@link Table.expire} says so. */
export function updateTimeToLive(
  database: OperationHost,
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

export function describeTimeToLive(database: OperationHost, { TableName }: DescribeTimeToLiveCommandInput) {
  const AttributeName = database.table(TableName).timeToLiveAttribute;
  return {
    TimeToLiveDescription:
      AttributeName === undefined
        ? { TimeToLiveStatus: "DISABLED" as const }
        : { TimeToLiveStatus: "ENABLED" as const, AttributeName },
  };
}
