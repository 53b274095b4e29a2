import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { type RegistryDefinition, tableDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import { TTL_ATTRIBUTE } from "@rollcall/registry/schema";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import { type PollOptions, poll } from "../terminal/poll.ts";
import { type IndexSet, withIndexes } from "./limiter-indexes.ts";

/** What became of a setting: local engines do not know all of them. */
export type Setting = "enabled" | "unsupported";

type World = Pick<Io, "clock" | "signal">;

/** A new table is usually active after some 10 seconds. */
const ACTIVE: PollOptions = { intervalMs: 1_000, timeoutMs: 300_000 };
/** Backups of a new table become available a little after the table itself. */
const BACKUPS: PollOptions = { intervalMs: 1_000, timeoutMs: 60_000 };

/** The table as it is now, or `undefined` if there is none. */
export async function findTable(
  client: DynamoDBClient,
  tableName: string,
  { signal }: World,
): Promise<TableDescription | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }), { abortSignal: signal });
    return Table;
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}

/**
 * Creates the table and waits until it can be used.
 *
 * @param definition one of those whose registries it is to hold. Default: `resources`
 * @param indexes which it gets. Default: none
 */
export async function createTable(
  client: DynamoDBClient,
  tableName: string,
  world: World,
  definition: RegistryDefinition = resources,
  indexes: IndexSet = "none",
): Promise<void> {
  const create = new CreateTableCommand({ TableName: tableName, ...withIndexes(tableDefinition(definition), indexes) });
  await client.send(create, { abortSignal: world.signal });
  await untilUsable(client, tableName, world);
}

/** Waits until the table can be used: a table that is being updated can. */
export async function untilUsable(client: DynamoDBClient, tableName: string, world: World): Promise<void> {
  const ask = async (): Promise<true | undefined> => {
    const status = (await findTable(client, tableName, world))?.TableStatus;
    return status === "ACTIVE" || status === "UPDATING" ? true : undefined;
  };
  if ((await poll(ask, ACTIVE, world)) !== undefined) return;
  throw new CommandError(
    `Table ${JSON.stringify(tableName)} did not become active within ${ACTIVE.timeoutMs / 1_000} seconds; ` +
      `look at it with: aws dynamodb describe-table --table-name ${tableName}`,
  );
}

/** Lets items expire at the time that their attribute `ttl` says. */
export function enableTimeToLive(client: DynamoDBClient, tableName: string, { signal }: World): Promise<Setting> {
  return whereSupported(async () => {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: TTL_ATTRIBUTE };
    const update = new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification });
    await client.send(update, { abortSignal: signal });
  });
}

/**
 * By which attribute items of a table expire; `null` where they do not, `undefined` where that is not to be had: an
 * engine need not know of it, nor a user be allowed to ask.
 */
export async function expiryAttribute(
  client: DynamoDBClient,
  TableName: string,
  { signal }: World,
): Promise<string | null | undefined> {
  const ask = new DescribeTimeToLiveCommand({ TableName });
  const { TimeToLiveDescription: found } = await client
    .send(ask, { abortSignal: signal })
    .catch((): { TimeToLiveDescription?: undefined } => ({}));
  signal.throwIfAborted();
  if (found?.TimeToLiveStatus === undefined) return undefined;
  return found.TimeToLiveStatus.startsWith("ENABL") ? (found.AttributeName ?? null) : null;
}

/** Lets the table be restored as it was at any second of the last 35 days. */
export function enablePointInTimeRecovery(client: DynamoDBClient, tableName: string, world: World): Promise<Setting> {
  return whereSupported(async () => {
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    const update = new UpdateContinuousBackupsCommand({ TableName: tableName, PointInTimeRecoverySpecification });
    let refusal: unknown;
    const ask = async (): Promise<true | undefined> => {
      try {
        await client.send(update, { abortSignal: world.signal });
        return true;
      } catch (error) {
        if (!isNamed(error, "ContinuousBackupsUnavailableException")) throw error;
        refusal = error;
        return undefined;
      }
    };
    if ((await poll(ask, BACKUPS, world)) === undefined) throw refusal;
  });
}

async function whereSupported(enable: () => Promise<void>): Promise<Setting> {
  try {
    await enable();
    return "enabled";
  } catch (error) {
    // The engine in memory knows the operation, and says that it does not have it.
    if (isNamed(error, "UnknownOperationException") || isNamed(error, "UnsupportedError")) return "unsupported";
    throw error;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
