import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ResourceRegistry } from "@rollcall/registry";
import { afterEach, describe, expect, it } from "vitest";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** A registry with a client of its own, for a server that answers so; and how many requests that has. */
async function registryOf(answer: "never" | "empty", options: object = {}, requestHandler = {}) {
  const requests = { count: 0 };
  const server = createServer((_, response) => {
    requests.count++;
    if (answer === "empty") response.end();
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const clientConfig = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 2,
    retryMode: "standard",
    requestHandler,
  };
  return { requests, registry: new ResourceRegistry({ tableName: "limits", clientConfig, ...options }) };
}

describe("a registry's own client", () => {
  it("ends each attempt that a silent server leaves without an answer, and the call after the SDK's last", async () => {
    const { registry, requests } = await registryOf("never", { requestTimeoutMs: 50 });
    await expect(registry.listResourcesWithDefaults()).rejects.toMatchObject({ name: "TimeoutError" });
    expect(requests.count).toBe(2);
    await registry.close();
  });

  it("takes an empty answer with status 200 for no success of a write, an update or a read", async () => {
    const { registry } = await registryOf("empty");
    const limits = [{ name: "rpm", capacity: 1 }];
    const foreign = { name: "ForeignAnswerError", status: 200 };
    await expect(registry.setResourceDefaults("a", limits)).rejects.toMatchObject(foreign);
    await expect(registry.updateResourceDefaults("a", limits)).rejects.toMatchObject(foreign);
    await expect(registry.deleteResourceDefaults("a")).rejects.toMatchObject(foreign);
    await expect(registry.listResourcesWithDefaults()).rejects.toMatchObject(foreign);
    await registry.close();
  });

  it("is not destroyed while a request is in flight: the SDK would send it again", async () => {
    const { registry, requests } = await registryOf("never", { requestTimeoutMs: 5_000 });
    const controller = new AbortController();
    const reason = new Error("enough");
    const calls = [
      registry.listResourcesWithDefaults({ signal: controller.signal }),
      registry.setResourceDefaults("a", [{ name: "rpm", capacity: 1 }], { signal: controller.signal }),
    ];
    const outcomes = Promise.allSettled(calls);
    while (requests.count < 2) await new Promise(setImmediate);
    const closed = registry.close();
    controller.abort(reason);
    expect(await outcomes).toEqual(Array(2).fill({ status: "rejected", reason }));
    await closed;
    expect(requests.count).toBe(2);
  });

  it("keeps the time-outs that its configuration has, and a handler of the caller's own", async () => {
    const { registry } = await registryOf("never", {}, { requestTimeout: 50 });
    await expect(registry.listResourcesWithDefaults()).rejects.toMatchObject({ name: "TimeoutError" });
    await registry.close();
    const handled: string[] = [];
    const requestHandler = {
      handle: async () => {
        handled.push("request");
        throw Object.assign(new Error("own handler"), { name: "AccessDeniedException" });
      },
      destroy: () => handled.push("destroy"),
      metadata: { handlerProtocol: "http/1.1" },
    };
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const clientConfig = { region: "eu-central-1", credentials, requestHandler: requestHandler as never };
    const own = new ResourceRegistry({ tableName: "limits", clientConfig });
    await expect(own.listResourcesWithDefaults()).rejects.toThrow("own handler");
    await own.close();
    expect(handled).toEqual(["request", "destroy"]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])("has no time-out of %s", (requestTimeoutMs) => {
    const make = () => new ResourceRegistry({ tableName: "limits", requestTimeoutMs });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/requestTimeoutMs must be/);
  });

  it("has time-outs, where one that the caller brings has its own", () => {
    const client = new DynamoDBClient({ region: "eu-central-1" });
    const make = () => new ResourceRegistry({ tableName: "limits", client, requestTimeoutMs: 5 } as never);
    expect(make).toThrow(/requestTimeoutMs without client/);
    client.destroy();
  });
});
