import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import type { ContractContext } from "@rollcall/testing/dynamodb/contract/context";
import { dynamodbContract } from "@rollcall/testing/dynamodb/contract/contract";
import { describe } from "vitest";
import { Database, type SdkCommand, type Stream } from "../../src/index.ts";

/** A client of the database: answers come later, as they do over a network. */
function clientOf(database: Database): DynamoDBClient {
  const send = async (command: SdkCommand) => database.execute(command);
  return { send } as unknown as DynamoDBClient;
}

function streamsOf(database: Database): DynamoDBStreamsClient {
  const streamOf = (arn: string | undefined): Stream => {
    const found = database.tableNames().map((name) => database.table(name).stream);
    const stream = found.find((candidate) => candidate !== undefined && arn?.startsWith(candidate.arn));
    if (stream === undefined) throw new Error(`No stream ${arn}`);
    return stream;
  };
  const send = async (command: SdkCommand) => {
    if (command instanceof DescribeStreamCommand)
      return streamOf(command.input.StreamArn).describeStream(command.input);
    if (command instanceof GetShardIteratorCommand) {
      return streamOf(command.input.StreamArn).getShardIterator(command.input);
    }
    if (command instanceof GetRecordsCommand) return streamOf(command.input.ShardIterator).getRecords(command.input);
    throw new Error(`No answer to ${command.constructor.name}`);
  };
  return { send } as unknown as DynamoDBStreamsClient;
}

function contextOf(shards: number): ContractContext {
  const database = new Database({ now: Date.now, shards });
  return {
    engineName: "simulated",
    engine: { clientConfig: { region: database.region } },
    client: clientOf(database),
    streams: streamsOf(database),
    async createTable(definition) {
      const TableName = `test-${database.tableNames().length}`;
      database.execute(new CreateTableCommand({ TableName, ...definition }));
      return TableName;
    },
  };
}

// The suite that the real engines run too: what the simulation rests on is not made up.
describe("what we rely on (simulated)", () => dynamodbContract(contextOf(1)));
describe("what we rely on (simulated, 4 shards)", () => dynamodbContract(contextOf(4)));
