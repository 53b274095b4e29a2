import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { ForeignWriter } from "@rollcall/maintainer/drifts";
import { registryKey, resourceKey } from "@rollcall/registry/schema";
import { TABLE_NAME } from "../world/region.ts";
import type { World } from "../world/world.ts";
import type { OperationOf } from "./operation.ts";

interface Place {
  readonly region: number;
  readonly namespace: string | undefined;
}

/** The limiter's own set or delete: the default, the registry, and an entry in its audit log. */
export async function twoCall(world: World, operation: OperationOf<"two-call">, id: number): Promise<void> {
  const { write, name, pauseMs, diesAfter = Number.POSITIVE_INFINITY, namespace } = operation;
  const { process, writer, client } = foreigner(world, operation, `limiter${id}`);
  const audit = { PK: { S: `${namespace ?? ""}AUDIT#${process.name}` }, SK: { S: "#AUDIT" } };
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

/** Nothing in the stream tells afterwards which names a set had that was no set for a while: that takes a sweep. */
export async function wreck(world: World, operation: OperationOf<"wreck">, id: number): Promise<void> {
  const { process, writer, client } = foreigner(world, operation, `hand${id}`);
  world.watch.needsSweep("a registry was no set for a while");
  const update = {
    TableName: TABLE_NAME,
    Key: registryKey(operation.namespace),
    UpdateExpression: "SET #set = :text",
    ExpressionAttributeNames: { "#set": "resources" },
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

export async function expire(world: World, { region, namespace, name }: OperationOf<"expire">): Promise<void> {
  world.region(region).expire(name === undefined ? registryKey(namespace) : resourceKey(name, namespace));
}

/** Deletes a namespace's defaults and then its registry, as the limiter does. */
export async function purge(world: World, operation: OperationOf<"purge">, id: number): Promise<void> {
  const { process, writer, client } = foreigner(world, operation, `purge${id}`);
  for (const name of operation.names) {
    const Key = resourceKey(name, operation.namespace);
    await client.send(new DeleteItemCommand({ TableName: TABLE_NAME, Key }));
    await process.clock.sleep(operation.pauseMs);
  }
  await writer.removeRegistry();
}

function foreigner(world: World, { region, namespace }: Place, name: string) {
  const { process, client } = world.client("foreign", region, name);
  return { process, client, writer: new ForeignWriter(client, TABLE_NAME, namespace) };
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
