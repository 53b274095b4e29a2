import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { ForeignWriter } from "@rollcall/maintainer/drifts";
import { registryKeys } from "@rollcall/registry/internal";
import { shardCount } from "../layout/key-reader.ts";
import { itemBeside } from "../world/items.ts";
import { TABLE_NAME } from "../world/region.ts";
import type { World } from "../world/world.ts";
import type { OperationOf, Place } from "./operation.ts";

/** A writer's own set or delete, as the limiter's is: the item, the registry, and an entry in an audit log. */
export async function twoCall(world: World, operation: OperationOf<"two-call">, id: number): Promise<void> {
  const { write, name, pauseMs, diesAfter = Number.POSITIVE_INFINITY } = operation;
  const { process, writer, client } = foreigner(world, operation, `limiter${id}`);
  const audit = itemBeside(world.definition(operation.registry), `AUDIT#${process.name}`);
  const requests = [
    () => (write === "set" ? writer.putItem(name) : writer.deleteItem(name)),
    () => (write === "set" ? writer.register(name) : writer.unregister(name)),
    () => client.send(new PutItemCommand({ TableName: TABLE_NAME, Item: audit })),
  ];
  for (const [i, request] of requests.entries()) {
    if (i === diesAfter) {
      world.history.add(() => `${process.name} dies after ${i} of its requests`);
      return process.kill();
    }
    if (i > 0) await process.clock.sleep(pauseMs);
    await request();
  }
}

export async function provision(world: World, operation: OperationOf<"provision">, id: number): Promise<void> {
  const { writer } = foreigner(world, operation, `provisioner${id}`);
  await (operation.write === "set" ? writer.provision(operation.name) : writer.deleteItem(operation.name));
}

export async function handEdit(world: World, operation: OperationOf<"hand-edit">, id: number): Promise<void> {
  const { writer } = foreigner(world, operation, `hand${id}`);
  const edits = {
    register: () => writer.register(...operation.names),
    unregister: () => writer.unregister(...operation.names),
    replace: () => writer.replaceRegistry(...operation.names),
    empty: () => writer.emptyRegistry(),
    remove: () => writer.removeRegistry(),
  };
  await edits[operation.edit]();
}

/** Why a sweep is needed after a registry was wrecked. */
export const NO_SET = "a registry was no set for a while";

/** Nothing in the stream tells afterwards which names a set had that was no set for a while: that takes a sweep. */
export async function wreck(world: World, operation: OperationOf<"wreck">, id: number): Promise<void> {
  const { process, writer, client } = foreigner(world, operation, `hand${id}`);
  const definition = world.definition(operation.registry);
  world.watch.needsSweep(NO_SET);
  const update = {
    TableName: TABLE_NAME,
    Key: registryKeys(definition).registryKey(operation.scope, id % shardCount(definition)),
    UpdateExpression: "SET #set = :text",
    ExpressionAttributeNames: { "#set": definition.registry.attribute },
    ExpressionAttributeValues: { ":text": { S: "gpt-4, gpt-4o" } },
  };
  try {
    await client.send(new UpdateItemCommand(update));
    await process.clock.sleep(operation.forMs);
  } finally {
    // What was held up may arrive after it was taken away.
    do {
      await persist(() => writer.emptyRegistry());
      await world.wait(1_000);
    } while (world.region(operation.region).hasInFlight((sender) => sender === process));
    await persist(() => writer.emptyRegistry());
  }
}

export async function expire(world: World, operation: OperationOf<"expire">, id: number): Promise<void> {
  const { region, registry, scope, name } = operation;
  const definition = world.definition(registry);
  const keys = registryKeys(definition);
  const list = keys.registryKey(scope, id % shardCount(definition));
  world.region(region).expire(name === undefined ? list : keys.memberKey(name, scope));
}

/** Deletes the items of a scope's members and then its registry, as the limiter does. */
export async function purge(world: World, operation: OperationOf<"purge">, id: number): Promise<void> {
  const { process, writer, client } = foreigner(world, operation, `purge${id}`);
  const keys = registryKeys(world.definition(operation.registry));
  for (const name of operation.names) {
    const Key = keys.memberKey(name, operation.scope);
    await client.send(new DeleteItemCommand({ TableName: TABLE_NAME, Key }));
    await process.clock.sleep(operation.pauseMs);
  }
  await writer.removeRegistry();
}

function foreigner(world: World, { region, registry, scope }: Place, name: string) {
  const { process, client } = world.client("foreign", region, name);
  return { process, client, writer: new ForeignWriter(client, TABLE_NAME, scope, world.definition(registry)) };
}

/** Retries until it has worked. */
async function persist(request: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await request();
      return;
    } catch (error) {
      if (!(error instanceof Error) || error.name === "ValidationException") throw error;
    }
  }
}
