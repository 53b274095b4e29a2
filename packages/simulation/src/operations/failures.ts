import { TransactionCanceledException, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { registryKey } from "@rollcall/registry/schema";
import { TABLE_NAME } from "../world/region.ts";
import type { World } from "../world/world.ts";
import type { OperationOf } from "./operation.ts";

/** Within so many milliseconds of its beginning, an invocation is likely to be running still. */
const LONGEST_WORK_MS = 50;

export async function crashProducer(world: World, operation: OperationOf<"crash-producer">): Promise<void> {
  world.crashProducer(operation.region, operation.producer);
}

export async function crashMapping(world: World, operation: OperationOf<"crash-mapping">): Promise<void> {
  const maintainer = world.maintainer(operation.region, operation.maintainer);
  if (operation.atWork) {
    await maintainer.function.nextInvocation();
    await world.wait(operation.forMs % LONGEST_WORK_MS);
    maintainer.crash();
    maintainer.function.crash();
  } else {
    maintainer.crash();
  }
  await world.wait(operation.forMs);
  maintainer.start();
}

export async function crashFunction(world: World, operation: OperationOf<"crash-function">): Promise<void> {
  world.maintainer(operation.region, operation.maintainer).function.crash();
}

export async function redeliver(world: World, operation: OperationOf<"redeliver">): Promise<void> {
  world.maintainer(operation.region, operation.maintainer).function.redeliver();
}

export async function splitShards(world: World, { region }: OperationOf<"split-shards">): Promise<void> {
  world.region(region).stream().stream.splitShard();
}

export async function storm(world: World, { region, forMs }: OperationOf<"storm">): Promise<void> {
  await world.region(region).storm(() => world.wait(forMs));
}

/** Holds a registry as other writers' transactions do, one after the other, and changes nothing. */
export async function siege(world: World, { region, namespace, forMs }: OperationOf<"siege">): Promise<void> {
  const { database } = world.region(region);
  const check = {
    TableName: TABLE_NAME,
    Key: registryKey(namespace),
    ConditionExpression: "attribute_exists(PK) OR attribute_not_exists(PK)",
  };
  world.history.add(() => `${check.Key.PK.S} is kept busy for ${forMs} ms`);
  const ends = world.timeline.elapsed + forMs;
  while (world.timeline.elapsed < ends) {
    try {
      const transaction = database.begin(new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: check }] }));
      await world.wait(ends - world.timeline.elapsed);
      transaction.cancel();
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      await world.wait(1); // another transaction holds it
    }
  }
}
