import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type PutItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { Database, type SdkCommand } from "@rollcall/memory-dynamodb";
import { type ItemKey, registryKey, tableDefinition } from "@rollcall/registry/schema";

/** A request as a client saw it. */
interface Request {
  /** The command's name without its last word: `GetItem`. */
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly signal: AbortSignal | undefined;
}

/** A table in memory, with a client that keeps its requests and can be made to fail. */
export class MemoryTable {
  readonly tableName = "limits";
  readonly requests: Request[] = [];
  /** Throws in the place of DynamoDB, before a request takes effect. */
  fault: (request: Request) => void | Promise<void> = () => {};
  readonly #database = new Database({ now: () => 0 });

  constructor(items: readonly PutItemCommandInput["Item"][] = []) {
    this.#database.execute(new CreateTableCommand({ TableName: this.tableName, ...tableDefinition() }));
    this.put(...items);
  }

  readonly client = {
    send: async (command: SdkCommand, options?: { abortSignal?: AbortSignal }): Promise<object> => {
      const operation = command.constructor.name.replace(/Command$/, "");
      const request = { operation, input: command.input as Request["input"], signal: options?.abortSignal };
      this.requests.push(request);
      await this.fault(request);
      request.signal?.throwIfAborted();
      return this.#database.execute(command);
    },
  } as unknown as DynamoDBClient;

  /** Puts items, not as requests. */
  put(...items: readonly PutItemCommandInput["Item"][]): void {
    for (let from = 0; from < items.length; from += 25) {
      const puts = items.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
      this.#database.execute(new BatchWriteItemCommand({ RequestItems: { [this.tableName]: puts } }));
    }
  }

  /** Deletes an item, not as a request. */
  remove(key: ItemKey): void {
    this.#database.execute(new DeleteItemCommand({ TableName: this.tableName, Key: key }));
  }

  /** The names that a registry lists, sorted; `undefined` where there is none. */
  listed(namespace?: string): string[] | undefined {
    const get = new GetItemCommand({ TableName: this.tableName, Key: registryKey(namespace) });
    const { Item } = this.#database.execute(get);
    return Item && [...(Item.resources?.SS ?? [])].sort();
  }

  /** The inputs of all requests of an operation. */
  inputs(operation: string): Request["input"][] {
    return this.requests.filter((request) => request.operation === operation).map(({ input }) => input);
  }
}
