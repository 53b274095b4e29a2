import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import type { TableDefinition } from "../engines.ts";

/** What the contract needs of an engine. The engines' own fixture has it; so may something that is no process. */
export interface ContractContext {
  readonly engineName: string;
  readonly engine: { readonly clientConfig: { readonly region: string } };
  readonly client: Pick<DynamoDBClient, "send">;
  readonly streams: Pick<DynamoDBStreamsClient, "send">;
  /** Makes a table under a name of its own. Resolves to the name. */
  createTable(definition: TableDefinition): Promise<string>;
}
