import { DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import {
  ContentionError,
  InvalidLimitError,
  InvalidNameError,
  MalformedItemError,
  RegistryDisposedError,
  RegistryFullError,
  ResourceRegistry,
} from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { cancelled, conflict, registryFull, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";

const dynamodb = mockClient(DynamoDBClient);
const client = new DynamoDBClient({});
const limits = [{ name: "rpm", capacity: 7 }];

function registryWith(options: { clock?: VirtualClock; random?: () => number; contentionTimeoutMs?: number } = {}) {
  const { clock = new VirtualClock(), random = Math.random, ...others } = options;
  return new ResourceRegistry({ tableName: "limits", client, ...withTiming({ clock, random }), ...others });
}
const requests = () => dynamodb.commandCalls(TransactWriteItemsCommand).map(({ args }) => args[0].input);

beforeEach(() => {
  dynamodb.reset();
  dynamodb.onAnyCommand().resolves({});
});

describe("ResourceRegistry's refused transaction", () => {
  it.each([
    ["a conflict on the registry", cancelled("None", "TransactionConflict")],
    ["a conflict on the default", cancelled("TransactionConflict", "None")],
    ["a conflict on both", cancelled("TransactionConflict", "TransactionConflict")],
    ["throttling", cancelled("None", "ThrottlingError")],
    ["a partition that is out of capacity", cancelled("None", "ProvisionedThroughputExceeded")],
    ["a token still in progress", serviceError("TransactionInProgressException", "in progress")],
  ])("for %s is resent, the same request with the same token", async (_, error) => {
    dynamodb.on(TransactWriteItemsCommand).rejectsOnce(error).rejectsOnce(error).resolves({});
    await registryWith().setResourceDefaults("gpt-4", limits);
    const [first, ...again] = requests();
    expect(again).toEqual([first, first]);
  });

  it("waits a random time up to a bound that doubles", async () => {
    const clock = new VirtualClock();
    dynamodb.on(TransactWriteItemsCommand).rejects(cancelled("None", "TransactionConflict"));
    const write = registryWith({ clock, random: () => 0.999, contentionTimeoutMs: 5_000 });
    await expect(write.setResourceDefaults("gpt-4", limits)).rejects.toThrow(ContentionError);
    expect(clock.slept.map(Math.round)).toEqual([25, 50, 100, 200, 400, 799, 999, 999, 999]);
  });

  it("times out after the contention time-out and says how many attempts it made", async () => {
    dynamodb.on(TransactWriteItemsCommand).rejects(cancelled("None", "TransactionConflict"));
    const error = await registryWith({ contentionTimeoutMs: 3_000, random: () => 0.5 })
      .setResourceDefaults("gpt-4", limits)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ContentionError);
    expect(error).toMatchObject({ code: "CONTENTION", attempts: requests().length });
    expect((error as ContentionError).elapsedMs).toBeLessThanOrEqual(3_000);
    expect((error as ContentionError).cause).toMatchObject({ name: "TransactionCanceledException" });
  });

  it.each([
    ["a validation error", serviceError("ValidationException", "One or more parameter values were invalid")],
    ["no permission", serviceError("AccessDeniedException", "not authorized to perform: dynamodb:PutItem")],
    ["no such table", serviceError("ResourceNotFoundException", "Requested resource not found")],
    ["the default refused permanently", cancelled("ItemCollectionSizeLimitExceeded", "None")],
    ["no reasons at all", cancelled()],
  ])("for %s stops immediately, with DynamoDB's own error", async (_, error) => {
    dynamodb.on(TransactWriteItemsCommand).rejects(error);
    await expect(registryWith().setResourceDefaults("gpt-4", limits)).rejects.toBe(error);
    expect(requests()).toHaveLength(1);
  });

  const wrongType = "An operand in the update expression has an incorrect data type";
  it.each([
    ["as the registry's reason", cancelled("None", { Code: "ValidationError", Message: wrongType })],
    ["of the whole request", serviceError("ValidationException", wrongType)],
  ])("for a registry that is no set names the item and the way out, %s", async (_, error) => {
    dynamodb.on(TransactWriteItemsCommand).rejects(error);
    const write = registryWith().setResourceDefaults("gpt-4", limits);
    await expect(write).rejects.toThrow(MalformedItemError);
    await expect(write).rejects.toThrow(/"PK":"SYSTEM#".*not a string set; remove that attribute/);
    expect(requests()).toHaveLength(1);
  });

  it("as a whole is halved until the member at fault is alone", async () => {
    const invalid = serviceError("ValidationException", "Member must satisfy constraint");
    dynamodb.on(TransactWriteItemsCommand).callsFake(async ({ TransactItems }) => {
      if (JSON.stringify(TransactItems).includes("RESOURCE#bad")) throw invalid;
      return {};
    });
    const registry = registryWith();
    const names = ["a", "b", "bad", "c", "d", "e", "f"];
    const outcomes = await Promise.allSettled(names.map((name) => registry.setResourceDefaults(name, limits)));
    expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([{ status: "rejected", reason: invalid }]);
    expect(outcomes[2]?.status).toBe("rejected");
  });
});

describe("ResourceRegistry's full registry", () => {
  const item = (bytes: number, ...names: string[]) => {
    const overhead = "resources".length + names.join("").length;
    return { resources: { SS: [...names, "x".repeat(bytes - overhead)] } };
  };

  it("refuses the name with its size and the ways out", async () => {
    dynamodb.on(TransactWriteItemsCommand).rejects(cancelled("None", registryFull));
    dynamodb.onAnyCommand().resolves({ Item: item(409_598) });
    dynamodb.on(TransactWriteItemsCommand).rejects(cancelled("None", registryFull));
    const error = await registryWith()
      .setResourceDefaults("gpt-4", limits)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RegistryFullError);
    expect(error).toMatchObject({ code: "REGISTRY_FULL", sizeBytes: 409_598, limitBytes: 409_600, names: 1 });
    expect(String(error)).toMatch(
      /409598 bytes .* 409600; nothing was written\. Delete members .* another scope or namespace/,
    );
  });

  it("commits the names it has room for and those it has already, in two more requests", async () => {
    dynamodb.onAnyCommand().resolves({ Item: item(409_594, "known") });
    dynamodb
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelled("None", "None", "None", "None", registryFull))
      .resolves({});
    const registry = registryWith();
    const names = ["toolongbyfar", "known", "four", "no"];
    const outcomes = await Promise.allSettled(names.map((name) => registry.setResourceDefaults(name, limits)));
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled", "fulfilled"]);
    const [first, second] = requests();
    expect(second?.TransactItems?.at(-1)?.Update?.ExpressionAttributeValues?.[":members"]).toEqual({
      SS: ["known", "four", "no"],
    });
    expect(second?.ClientRequestToken).not.toBe(first?.ClientRequestToken);
  });

  it("that others have made room in takes the name after a delay, by the same request", async () => {
    const clock = new VirtualClock();
    const full = cancelled("None", "None", registryFull);
    dynamodb.onAnyCommand().resolves({ Item: item(1_000, "known") });
    dynamodb.on(TransactWriteItemsCommand).rejectsOnce(full).rejectsOnce(full).resolves({});
    const registry = registryWith({ clock, random: () => 1 });
    await Promise.all(["a", "known"].map((name) => registry.setResourceDefaults(name, limits)));
    const [first, ...others] = requests();
    expect(others).toEqual([first, first]);
    expect(clock.slept).toEqual([25, 50]);
  });

  it("that is full whenever a name arrives, and has room whenever it is read, is contention", async () => {
    dynamodb.onAnyCommand().resolves({ Item: item(1_000, "known") });
    dynamodb.on(TransactWriteItemsCommand).rejects(cancelled("None", registryFull));
    await expect(registryWith().setResourceDefaults("a", limits)).rejects.toThrow(ContentionError);
  });
});

describe("ResourceRegistry's limits too large for an item", () => {
  const tooLarge = serviceError("ValidationException", "Item size has exceeded the maximum allowed size");

  it("are an invalid limit of that resource alone, when set", async () => {
    dynamodb.on(TransactWriteItemsCommand).rejects(tooLarge);
    await expect(registryWith().setResourceDefaults("gpt-4", limits)).rejects.toThrow(InvalidLimitError);
  });

  it("are an invalid limit of that resource alone, when updated", async () => {
    dynamodb.on(PutItemCommand).rejects(tooLarge);
    const update = registryWith().updateResourceDefaults("gpt-4", limits);
    await expect(update).rejects.toThrow(/"gpt-4" do not fit into one item of 400 KB; nothing was written/);
    await expect(update).rejects.toMatchObject({ cause: tooLarge });
  });
});

describe("updateResourceDefaults", () => {
  it("is retried when it meets a transaction", async () => {
    dynamodb.on(PutItemCommand).rejectsOnce(conflict()).rejectsOnce(conflict()).resolves({});
    await registryWith().updateResourceDefaults("gpt-4", limits);
    expect(dynamodb.commandCalls(PutItemCommand)).toHaveLength(3);
  });

  it("times out after the contention time-out", async () => {
    dynamodb.on(PutItemCommand).rejects(conflict());
    const update = registryWith({ contentionTimeoutMs: 100 }).updateResourceDefaults("gpt-4", limits);
    await expect(update).rejects.toThrow(ContentionError);
  });
});

describe("ResourceRegistry's abort", () => {
  const reason = new Error("no longer wanted");

  it("before the call sends nothing", async () => {
    const signal = AbortSignal.abort(reason);
    const registry = registryWith();
    await expect(registry.setResourceDefaults("gpt-4", limits, { signal })).rejects.toBe(reason);
    await expect(registry.updateResourceDefaults("gpt-4", limits, { signal })).rejects.toBe(reason);
    await expect(registry.deleteResourceDefaults("gpt-4", { signal })).rejects.toBe(reason);
    await expect(registry.listResourcesWithDefaults({ signal })).rejects.toBe(reason);
    await expect(registry.getResourceDefaults("gpt-4", { signal })).rejects.toBe(reason);
    await expect(registry.registryStatus({ signal })).rejects.toBe(reason);
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it("while waiting for a turn takes the write out and leaves the others", async () => {
    const answer = Promise.withResolvers<object>();
    dynamodb
      .on(TransactWriteItemsCommand)
      .callsFakeOnce(() => answer.promise)
      .resolves({});
    const controller = new AbortController();
    const registry = registryWith();
    const first = registry.setResourceDefaults("a", limits);
    await new Promise(setImmediate);
    const dropped = registry.setResourceDefaults("b", limits, { signal: controller.signal });
    const kept = registry.setResourceDefaults("c", limits);
    controller.abort(reason);
    await expect(dropped).rejects.toBe(reason);
    answer.resolve({});
    await Promise.all([first, kept]);
    expect(requests().map(({ TransactItems }) => TransactItems?.length)).toEqual([2, 2]);
    expect(JSON.stringify(requests())).not.toContain("RESOURCE#b");
  });

  it("between attempts takes the write out of the transaction, which is then another one", async () => {
    const controller = new AbortController();
    dynamodb
      .on(TransactWriteItemsCommand)
      .callsFakeOnce(() => {
        controller.abort(reason);
        throw cancelled("None", "None", "TransactionConflict");
      })
      .resolves({});
    const registry = registryWith();
    const outcomes = await Promise.allSettled([
      registry.setResourceDefaults("a", limits),
      registry.setResourceDefaults("b", limits, { signal: controller.signal }),
    ]);
    expect(outcomes).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason }]);
    const [first, second] = requests();
    expect(second?.TransactItems).toHaveLength(2);
    expect(second?.ClientRequestToken).not.toBe(first?.ClientRequestToken);
  });

  it("ends the request only when no caller waits for it any more", async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    let sent: AbortSignal | undefined;
    const answer = Promise.withResolvers<object>();
    const slow = {
      send: (_: unknown, options: { abortSignal?: AbortSignal }) => {
        sent = options.abortSignal;
        return answer.promise;
      },
    } as unknown as DynamoDBClient;
    const registry = new ResourceRegistry({ tableName: "limits", client: slow });
    const writes = [
      registry.setResourceDefaults("a", limits, { signal: one.signal }),
      registry.setResourceDefaults("b", limits, { signal: other.signal }),
    ];
    const outcomes = Promise.allSettled(writes);
    await new Promise(setImmediate);
    one.abort(reason);
    expect(sent?.aborted).toBe(false);
    other.abort(reason);
    expect(sent?.aborted).toBe(true);
    answer.reject(new DOMException("aborted", "AbortError"));
    expect(await outcomes).toMatchObject([{ reason }, { reason }]);
  });

  it("leaves no listeners behind on a signal that many calls share", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    const { signal } = new AbortController();
    const registry = registryWith();
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        Array.from({ length: 200 }, (_, i) => registry.setResourceDefaults(`model-${i}`, limits, { signal })),
      );
    }
    await new Promise(setImmediate);
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });
});

describe("disposing a ResourceRegistry", () => {
  it("waits for calls in flight, and refuses later ones", async () => {
    const events: string[] = [];
    const answer = Promise.withResolvers<void>();
    dynamodb.onAnyCommand().callsFake(async () => {
      await answer.promise;
      events.push("answered");
      return {};
    });
    const registry = registryWith();
    const calls = [
      registry.setResourceDefaults("a", limits),
      registry.setResourceDefaults("a", limits),
      registry.listResourcesWithDefaults(),
    ];
    const disposed = registry[Symbol.asyncDispose]().then(() => events.push("disposed"));
    await expect(registry.setResourceDefaults("late", limits)).rejects.toThrow(RegistryDisposedError);
    await expect(registry.listResourcesWithDefaults()).rejects.toThrow(RegistryDisposedError);
    answer.resolve();
    await Promise.all([...calls, disposed]);
    expect(events).toEqual(["answered", "answered", "answered", "disposed"]);
  });

  it("waits for a read that is alone", async () => {
    const answer = Promise.withResolvers<object>();
    dynamodb.onAnyCommand().callsFake(() => answer.promise);
    const registry = registryWith();
    const read = registry.listResourcesWithDefaults();
    let isDisposed = false;
    const disposed = registry[Symbol.asyncDispose]().then(() => {
      isDisposed = true;
    });
    await new Promise(setImmediate);
    expect(isDisposed).toBe(false);
    answer.resolve({});
    await Promise.all([read, disposed]);
  });

  it("destroys a client of its own and leaves the caller's alone", async () => {
    let destroyed = 0;
    const destroy = () => destroyed++;
    const mine = new DynamoDBClient({});
    mine.destroy = destroy;
    await new ResourceRegistry({ tableName: "limits", client: mine })[Symbol.asyncDispose]();
    expect(destroyed).toBe(0);
    const requestHandler = { handle: () => Promise.reject(new Error("unused")), destroy, metadata: {} };
    const own = new ResourceRegistry({
      tableName: "limits",
      clientConfig: { requestHandler: requestHandler as never },
    });
    await own[Symbol.asyncDispose]();
    expect(destroyed).toBe(1);
  });
});

describe("ResourceRegistry, on bad input,", () => {
  it.each([
    ["an unknown option", { tableName: "limits", nameSpace: "t1" }, /Unknown option "nameSpace"; known are tableName/],
    ["no table", { tableName: "" }, /tableName is missing/],
    ["both a client and its configuration", { tableName: "limits", client, clientConfig: {} }, /not both/],
    ["a time-out that is no number", { tableName: "limits", contentionTimeoutMs: Number.NaN }, /contentionTimeoutMs/],
  ])("to the constructor is refused: %s", (_, options, message) => {
    expect(() => new ResourceRegistry(options as never)).toThrow(TypeError);
    expect(() => new ResourceRegistry(options as never)).toThrow(message);
  });

  it("a contention time-out of nothing is a time-out", async () => {
    dynamodb.on(PutItemCommand).rejects(conflict());
    const registry = registryWith({ contentionTimeoutMs: 0, random: () => 0.5 });
    await expect(registry.updateResourceDefaults("gpt-4", limits)).rejects.toThrow(/after 1 attempts in 0 ms/);
  });

  it.each(["", "_", "-abc", "a#b", "a/b", "x".repeat(65)])("namespace %j is refused", (namespace) => {
    expect(() => new ResourceRegistry({ tableName: "limits", namespace, client })).toThrow(InvalidNameError);
  });

  it.each(["", "1gpt", "gpt 4", "gpt#4", "gpt-4\n", "é", "x".repeat(65)])(
    "resource %j is not written",
    async (name) => {
      const registry = registryWith();
      await expect(registry.setResourceDefaults(name, limits)).rejects.toThrow(InvalidNameError);
      await expect(registry.updateResourceDefaults(name, limits)).rejects.toThrow(InvalidNameError);
      expect(dynamodb.calls()).toHaveLength(0);
    },
  );

  it("names found in storage can be read and deleted, of any look", async () => {
    const registry = registryWith();
    await registry.getResourceDefaults("gpt-4\n");
    await registry.deleteResourceDefaults("gpt-4\n");
    expect(dynamodb.calls()).toHaveLength(2);
    await expect(registry.deleteResourceDefaults("")).rejects.toThrow(InvalidNameError);
    await expect(registry.getResourceDefaults("x".repeat(2_040))).rejects.toThrow(/2048 bytes/);
  });

  it("to a call is refused: an unknown option", async () => {
    const options = { consistent: true } as object;
    await expect(registryWith().listResourcesWithDefaults(options)).rejects.toThrow(
      /"consistent"; known are consistentRead/,
    );
    await expect(registryWith().deleteResourceDefaults("a", options)).rejects.toThrow(TypeError);
  });
});
