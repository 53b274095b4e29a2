import type { TableDescription } from "@aws-sdk/client-dynamodb";
import type { RegistryDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import { TTL_ATTRIBUTE } from "@rollcall/registry/schema";
import { defineCommand } from "../command-spec.ts";
import { hasResources } from "../config/choose-registries.ts";
import { connectTable, type TableConnection } from "../connection/connection.ts";
import {
  createTable,
  enablePointInTimeRecovery,
  enableTimeToLive,
  expiryAttribute,
  findTable,
  type Setting,
  untilUsable,
} from "../connection/create-table.ts";
import { INDEX_SETS, type IndexSet, indexDifferences } from "../connection/limiter-indexes.ts";
import { tableDifferences } from "../connection/table-fit.ts";
import type { Target } from "../connection/target.ts";
import { CommandError, UsageError } from "../errors.ts";
import { explainError } from "../explain/explain-error.ts";
import { suggestAws } from "../explain/suggest.ts";
import { configOption, tableOptions } from "../options/connection-options.ts";
import { option } from "../options/option.ts";
import type { Io } from "../terminal/io.ts";
import { alignColumns, indent } from "../terminal/output.ts";
import { printable, quoted } from "../terminal/printable.ts";
import type { Result } from "../terminal/result.ts";

/** Characters of a table's name. Source: API reference, CreateTable. */
const MIN_NAME_LENGTH = 3;

/** `rollcall table create` */
export const tableCreate = defineCommand({
  name: "table create",
  summary: "create the table",
  description:
    "Creates the table, on demand, with a stream and with the keys of the configuration's registries; waits until it is " +
    "active, and switches on point-in-time recovery and, for limits, time to live. A table that is already there is only " +
    "looked at, never changed.",
  options: {
    indexes: option<IndexSet>(
      "--indexes <set>",
      "the indexes of the table; limiter: the limiter's GSI1 to GSI4",
      (added) => added.choices(INDEX_SETS).default("none"),
    ),
    ...tableOptions,
    config: configOption,
  },
  writes: true,
  json: '{ "table": "limits", "created": true, "timeToLive": "enabled", "pointInTimeRecovery": "enabled" }',
  details: [
    "The limiter's purge of a namespace and its commands for entities fail on a table without its indexes. An entry of " +
      "GSI4 costs one more write unit when a default or registry of a namespace is created, and one when it is deleted.",
    'A setting is "enabled", "unsupported" by a local engine, or "unchanged": on an existing table, and time\n' +
      "to live where no registry is of limits.",
  ],
  examples: [
    "rollcall table create --table limits --region us-east-1",
    "rollcall table create --table limits --region us-east-1 --indexes limiter",
    "rollcall table create --table limits --endpoint-url http://localhost:8000",
  ],
  async run({ options: { indexes, ...options }, io, config }) {
    await using connection = await connectTable(options, io);
    const { client, target } = connection;
    if (target.tableName.length < MIN_NAME_LENGTH) {
      throw new UsageError(`Table ${quoted(target.tableName)} cannot be created: a name has at least 3 characters.`);
    }
    const { registries = [resources] } = config ?? {};
    if (indexes !== "none" && !hasResources(registries)) {
      throw new UsageError(`--indexes ${indexes} is for a table of limits, and the configuration has no resources.`);
    }
    const existing = await findTable(client, target.tableName, io);
    return existing === undefined
      ? create(connection, io, registries, indexes)
      : inspect(existing, connection, io, registries[0], indexes);
  },
});

async function create(
  { client, target }: TableConnection,
  io: Io,
  registries: readonly RegistryDefinition[],
  indexes: IndexSet,
): Promise<Result> {
  const { tableName } = target;
  await createTable(client, tableName, io, registries[0], indexes);
  const timeToLive = hasResources(registries) ? await letItemsExpire(client, target, io) : "unchanged";
  const pointInTimeRecovery = await switchOn(
    "point-in-time recovery",
    suggestAws("update-continuous-backups", target, [
      "--point-in-time-recovery-specification",
      "PointInTimeRecoveryEnabled=true",
    ]),
    target,
    () => enablePointInTimeRecovery(client, tableName, io),
  );
  return {
    json: { table: tableName, created: true, timeToLive, pointInTimeRecovery },
    lines: [
      `Created table ${tableName}`,
      ...indent(
        alignColumns([
          ["Stream", "new and old images"],
          ...(indexes === "limiter" ? [["Indexes", "GSI1 to GSI4, as the limiter's"]] : []),
          ["Time to live", inWords(timeToLive)],
          ["Point-in-time recovery", inWords(pointInTimeRecovery)],
        ]),
      ),
    ],
  };
}

/** The limiter's items say when they expire; what others have under that attribute is not ours to know. */
function letItemsExpire(client: TableConnection["client"], target: Target, io: Io): Promise<Setting> {
  return switchOn("time to live", enableExpiry(target), target, () => enableTimeToLive(client, target.tableName, io));
}

function enableExpiry(target: Target): string {
  const setting = ["--time-to-live-specification", `Enabled=true,AttributeName=${TTL_ATTRIBUTE}`];
  return suggestAws("update-time-to-live", target, setting);
}

/** What is to be known of an existing table's time to live: without it the limiter's items never expire. */
async function expiryNotes({ client, target }: TableConnection, io: Io): Promise<string[]> {
  const attribute = await expiryAttribute(client, target.tableName, io);
  if (attribute === undefined || attribute === TTL_ATTRIBUTE) return [];
  if (attribute === null) {
    return [
      `Note: time to live is off, so that the limiter's items never expire. Switch it on with: ${enableExpiry(target)}`,
    ];
  }
  return [
    `Note: items expire by their attribute ${printable(attribute)}, and the limiter's say it in ${TTL_ATTRIBUTE}: they ` +
      "never expire. A table has one such attribute.",
  ];
}

/** The table stays if a setting fails, and the next run would not touch it: the error has to say what is left to do. */
async function switchOn(
  what: string,
  command: string,
  target: Target,
  enable: () => Promise<Setting>,
): Promise<Setting> {
  try {
    return await enable();
  } catch (error) {
    const reason = explainError(error, target);
    if (reason === undefined) throw error;
    throw new CommandError(
      `Table ${target.tableName} was created, but not its ${what}: ${reason} Then switch it on with: ${command}`,
      { cause: error },
    );
  }
}

async function inspect(
  existing: TableDescription,
  connection: TableConnection,
  io: Io,
  definition: RegistryDefinition = resources,
  indexes: IndexSet = "none",
): Promise<Result> {
  const { client, target } = connection;
  const { tableName } = target;
  const differences = [...tableDifferences(existing, target, definition), ...indexDifferences(existing, indexes)];
  if (differences.length > 0) {
    const whom = hasResources([definition]) ? "" : ` registry ${definition.name}`;
    throw new CommandError(`Table ${tableName} is already there and does not fit${whom}: ${differences.join("; ")}`);
  }
  await untilUsable(client, tableName, io);
  return {
    json: { table: tableName, created: false, timeToLive: "unchanged", pointInTimeRecovery: "unchanged" },
    lines: [`Table ${tableName} is already there and fits; nothing was changed.`],
    notes: hasResources([definition]) ? await expiryNotes(connection, io) : [],
  };
}

function inWords(setting: Setting | "unchanged"): string {
  return setting === "unsupported" ? "not supported by this endpoint" : setting;
}
