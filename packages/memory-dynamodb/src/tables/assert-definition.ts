import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { invalidParameter, validationError } from "../errors.ts";

/** Source: Developer Guide, "Constraints": names of tables and indexes. */
const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;
const MAX_GLOBAL_INDEXES = 20;
const MAX_LOCAL_INDEXES = 5;

/** Refuses a definition that no table can have. What is wrong with its keys is found when they are made. */
export function assertDefinition(definition: CreateTableCommandInput): void {
  const { TableName = "", GlobalSecondaryIndexes: global = [], LocalSecondaryIndexes: local = [] } = definition;
  const names = [...global, ...local].map(({ IndexName = "" }) => IndexName);
  for (const name of [TableName, ...names]) {
    if (NAME.test(name)) continue;
    throw validationError(
      `1 validation error detected: Value '${name}' at '${name === TableName ? "tableName" : "indexName"}' failed to ` +
        "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+ and have length between 3 and 255",
    );
  }
  if (new Set(names).size < names.length) throw invalidParameter(`Duplicate index name: ${names}`);
  if (global.length > MAX_GLOBAL_INDEXES)
    throw invalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  if (local.length > MAX_LOCAL_INDEXES)
    throw invalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  if (definition.BillingMode !== "PAY_PER_REQUEST" && definition.ProvisionedThroughput === undefined) {
    throw invalidParameter(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
  }
  assertAttributesUsed(definition);
}

function assertAttributesUsed(definition: CreateTableCommandInput): void {
  const { KeySchema = [], GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = definition;
  const schemas = [
    KeySchema,
    ...[...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map((index) => index.KeySchema ?? []),
  ];
  const used = new Set(schemas.flat().map(({ AttributeName }) => AttributeName));
  const defined = (definition.AttributeDefinitions ?? []).map(({ AttributeName }) => AttributeName);
  if (defined.every((name) => used.has(name))) return;
  throw invalidParameter(
    schemas.length === 1
      ? "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"
      : `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(", ")}], keys used: [${[...used].join(", ")}]`,
  );
}
