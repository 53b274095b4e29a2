import type {
  CreateTableCommandInput,
  DeleteTableCommandInput,
  DescribeTableCommandInput,
  DescribeTimeToLiveCommandInput,
  GlobalSecondaryIndex,
  GlobalSecondaryIndexUpdate,
  ListTablesCommandInput,
  UpdateTableCommandInput,
  UpdateTimeToLiveCommandInput,
} from "@aws-sdk/client-dynamodb";
import { notFound, tableExists, UnsupportedError, validationError } from "../errors.ts";
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
  const table = database.table(TableName);
  const TableDescription = { ...table.description(), TableStatus: "DELETING" as const };
  if (TableDescription.DeletionProtectionEnabled) {
    throw validationError(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    );
  }
  database.removeTable(table.name);
  return { TableDescription };
}

/** Every change takes effect immediately. */
export function updateTable(database: OperationHost, input: UpdateTableCommandInput) {
  const { TableName, StreamSpecification, GlobalSecondaryIndexUpdates, ReplicaUpdates, ...rest } = input;
  if (ReplicaUpdates !== undefined) throw new UnsupportedError("ReplicaUpdates");
  const table = database.table(TableName);
  if (StreamSpecification !== undefined) {
    const isOn = table.stream !== undefined;
    if (isOn === StreamSpecification.StreamEnabled) {
      throw validationError(isOn ? "Table already has an enabled stream" : "Table has no stream to disable");
    }
  }
  const { AttributeDefinitions, BillingMode, DeletionProtectionEnabled, ProvisionedThroughput, TableClass } = rest;
  const changes = { AttributeDefinitions, BillingMode, DeletionProtectionEnabled, ProvisionedThroughput, TableClass };
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const GlobalSecondaryIndexes = GlobalSecondaryIndexUpdates?.reduce(
    updatedIndexes,
    table.definition.GlobalSecondaryIndexes ?? [],
  );
  table.alter({
    ...given,
    ...(GlobalSecondaryIndexes && withIndexes(table.definition, given, GlobalSecondaryIndexes)),
    ...(StreamSpecification && { StreamSpecification }),
  });
  if (StreamSpecification !== undefined) table.setStream(StreamSpecification);
  return { TableDescription: table.description() };
}

function updatedIndexes(
  indexes: readonly GlobalSecondaryIndex[],
  { Create, Delete, Update }: GlobalSecondaryIndexUpdate,
): readonly GlobalSecondaryIndex[] {
  if (Create) return [...indexes, Create];
  const name = (Delete ?? Update)?.IndexName;
  if (!indexes.some(({ IndexName }) => IndexName === name))
    throw notFound(`Requested resource not found: index ${name}`);
  if (Delete) return indexes.filter(({ IndexName }) => IndexName !== name);
  return indexes.map((index) => (index.IndexName === name ? { ...index, ...Update } : index));
}

/** Attributes that only a deleted index had are no longer defined. */
function withIndexes(
  definition: CreateTableCommandInput,
  { AttributeDefinitions = definition.AttributeDefinitions ?? [] }: Partial<CreateTableCommandInput>,
  indexes: readonly GlobalSecondaryIndex[],
): Partial<CreateTableCommandInput> {
  const all = [definition, ...(definition.LocalSecondaryIndexes ?? []), ...indexes];
  const used = new Set(all.flatMap(({ KeySchema = [] }) => KeySchema.map(({ AttributeName }) => AttributeName)));
  return {
    GlobalSecondaryIndexes: [...indexes],
    AttributeDefinitions: AttributeDefinitions.filter(({ AttributeName }) => used.has(AttributeName)),
  };
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
  if (Enabled === (table.settings.timeToLiveAttribute !== undefined)) {
    throw validationError(`TimeToLive is already ${Enabled ? "enabled" : "disabled"}`);
  }
  table.settings = { ...table.settings, timeToLiveAttribute: Enabled ? AttributeName : undefined };
  return { TimeToLiveSpecification };
}

export function describeTimeToLive(database: OperationHost, { TableName }: DescribeTimeToLiveCommandInput) {
  const AttributeName = database.table(TableName).settings.timeToLiveAttribute;
  return {
    TimeToLiveDescription:
      AttributeName === undefined
        ? { TimeToLiveStatus: "DISABLED" as const }
        : { TimeToLiveStatus: "ENABLED" as const, AttributeName },
  };
}
