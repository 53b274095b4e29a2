import { TransactionConflictException, TransactWriteItemsCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { registryKeys } from "@rollcall/registry/internal";
import { homeShard } from "../layout/key-reader.ts";
import { keyInWords } from "../promises/commit-in-words.ts";
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

/** Lists a name in a registry, and holds that as other writers' transactions do, one after the other. */
export async function siege(world: World, operation: OperationOf<"siege">, id: number): Promise<void> {
  const { region, scope, name, forMs } = operation;
  const { database } = world.region(region);
  const definition = world.definition(operation.registry);
  const Key = registryKeys(definition).registryKey(scope, homeShard(definition, name));
  const key = { TableName: TABLE_NAME, Key };
  const ConditionExpression = "attribute_exists(#pk) OR attribute_not_exists(#pk)";
  const ExpressionAttributeNames = { "#pk": definition.key.partition };
  const check = { ConditionCheck: { ...key, ConditionExpression, ExpressionAttributeNames } };
  const register = {
    ...key,
    UpdateExpression: "ADD #set :names",
    ExpressionAttributeNames: { "#set": definition.registry.attribute },
    ExpressionAttributeValues: { ":names": { SS: [name] } },
  };
  world.history.add(() => `siege${id} keeps ${keyInWords(Key)} busy for ${forMs} ms`);
  const ends = world.timeline.elapsed + forMs;
  while (world.timeline.elapsed < ends) {
    try {
      database.execute(new UpdateItemCommand(register));
      const transaction = database.begin(new TransactWriteItemsCommand({ TransactItems: [check] }));
      await world.wait(ends - world.timeline.elapsed);
      transaction.cancel();
    } catch (error) {
      if (!(error instanceof TransactionConflictException)) throw error;
      await world.wait(1); // another transaction holds it
    }
  }
}
