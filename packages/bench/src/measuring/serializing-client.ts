import { TransactionCanceledException, type TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import type { Database, SdkCommand } from "@rollcall/memory-dynamodb";
import type { Clock } from "@rollcall/registry/protocol";

/** How a table takes transactions. */
export interface Serialization {
  readonly clock: Pick<Clock, "sleep">;
  /** How long a transaction has its items to itself, in milliseconds. */
  readonly holdMs: number;
  /** The share of them that is refused with a conflict, after that time. */
  readonly conflicts: number;
  readonly random: () => number;
}

/**
 * A client of a DynamoDB in memory on which the transactions of one item follow one another, in the order in which they
 * were sent, and those of different items run side by side.
 */
export function serializingClient(database: Database, { clock, holdMs, conflicts, random }: Serialization) {
  const turns = new Map<string, Promise<void>>();
  const transact = async (command: SdkCommand): Promise<object> => {
    const { TransactItems = [] } = command.input as Partial<TransactWriteItemsCommandInput>;
    const items = TransactItems.map(({ Put, Update, Delete }) =>
      JSON.stringify(Update?.Key ?? Delete?.Key ?? Put?.Item),
    );
    const before = Promise.all(items.map((item) => turns.get(item)));
    const { promise: turn, resolve: end } = Promise.withResolvers<void>();
    for (const item of items) turns.set(item, turn);
    await before;
    await clock.sleep(holdMs);
    try {
      if (random() >= conflicts) return database.execute(command);
      const CancellationReasons = items.map((_, i) => ({
        Code: i === items.length - 1 ? "TransactionConflict" : "None",
      }));
      throw new TransactionCanceledException({ message: "Injected conflict", $metadata: {}, CancellationReasons });
    } finally {
      end();
    }
  };
  let requests = 0;
  return {
    get requests(): number {
      return requests;
    },
    send: (command: SdkCommand): Promise<object> => {
      requests++;
      return transact(command);
    },
  };
}
