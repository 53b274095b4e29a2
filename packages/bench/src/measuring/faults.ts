import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";

/** Why a request that was not sent did not come back. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/**
 * Refuses a share of a client's writes with the conflict that DynamoDB would answer, which engines never do. What is
 * refused depends on the random numbers and the count of writes alone.
 */
export function injectConflicts(client: DynamoDBClient, share: number, random: () => number): void {
  beforeSending(client, (operation, input) => {
    if (operation === "TransactWriteItems" && random() < share) {
      const { TransactItems = [] } = input as { TransactItems?: unknown[] };
      const CancellationReasons = TransactItems.map((_, i) => ({
        Code: i === TransactItems.length - 1 ? "TransactionConflict" : "None", // the registry comes last, in every way
      }));
      throw new TransactionCanceledException({ message: "Injected conflict", $metadata: {}, CancellationReasons });
    }
    if (/^(Put|Update|Delete)Item$/.test(operation) && random() < share) {
      throw new TransactionConflictException({ message: "Injected conflict", $metadata: {} });
    }
  });
}

/** Lets a client send so many requests, and none after them: as if its process had been killed. */
export function killAfter(client: DynamoDBClient, requests: number): void {
  let sent = 0;
  beforeSending(client, () => {
    if (sent++ >= requests) throw new Killed();
  });
}

/** Runs last before a try is sent: what it throws has been counted as a request, and comes as from DynamoDB. */
function beforeSending(client: DynamoDBClient, look: (operation: string, input: object) => void): void {
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (call) => {
        look(commandName.replace(/Command$/, ""), call.input);
        return await next(call);
      },
    { step: "deserialize", name: `fault:${crypto.randomUUID()}` },
  );
}
