import type { World } from "../world/world.ts";
import type { OperationOf } from "./operation.ts";

/** Within so many milliseconds of its beginning, an invocation is likely to be under way still. */
const LONGEST_WORK_MS = 50;

export async function crashProducer(world: World, operation: OperationOf<"crash-producer">): Promise<void> {
  world.crashProducer(operation.region, operation.producer);
}

export async function crashMapping(world: World, operation: OperationOf<"crash-mapping">): Promise<void> {
  const maintainer = world.maintainer(operation.region, operation.maintainer);
  if (operation.atWork) {
    await maintainer.nextInvocation();
    await world.wait(operation.forMs % LONGEST_WORK_MS);
    maintainer.crash();
    maintainer.crashFunction();
  } else {
    maintainer.crash();
  }
  await world.wait(operation.forMs);
  maintainer.start();
}

export async function crashFunction(world: World, operation: OperationOf<"crash-function">): Promise<void> {
  world.maintainer(operation.region, operation.maintainer).crashFunction();
}

export async function redeliver(world: World, operation: OperationOf<"redeliver">): Promise<void> {
  world.maintainer(operation.region, operation.maintainer).redeliver();
}

export async function splitShards(world: World, { region }: OperationOf<"split-shards">): Promise<void> {
  world.region(region).stream(world.tableName).stream.splitShard();
}

export async function storm(world: World, { region, forMs }: OperationOf<"storm">): Promise<void> {
  await world.region(region).storm(() => world.wait(forMs));
}
