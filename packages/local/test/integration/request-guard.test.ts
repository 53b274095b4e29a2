import { once } from "node:events";
import { createServer, type RequestListener, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createRequestGuard } from "../../src/engine/request-guard.ts";

/** A guard before a server, and the options of requests to it. */
async function guarded(listener: RequestListener) {
  const engine = createServer(listener).listen(0, "127.0.0.1");
  await once(engine, "listening");
  const guard = createRequestGuard((engine.address() as AddressInfo).port);
  guard.server.listen(0, "127.0.0.1");
  await once(guard.server, "listening");
  onTestFinished(() => {
    for (const server of [guard.server, engine]) server.close().closeAllConnections();
  });
  const { port } = guard.server.address() as AddressInfo;
  return { guard, options: { host: "127.0.0.1", port, method: "POST", agent: false as const } };
}

test("createRequestGuard streams bodies in both directions, before either is complete", async () => {
  const { options } = await guarded((asked, answer) => {
    answer.writeHead(200);
    asked.on("data", (part: Buffer) => answer.write(`got ${part}`));
    asked.on("end", () => answer.end("done"));
  });
  const sent = request(options);
  const answered = once(sent, "response");
  sent.write("first");
  const [response] = await answered;
  response.setEncoding("utf8");
  expect((await once(response, "data"))[0]).toBe("got first");
  sent.end("second");
  let rest = "";
  for await (const part of response) rest += part;
  expect(rest).toBe("got seconddone");
});

test("createRequestGuard passes on status, headers and bytes as they are", async () => {
  const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 251));
  const { options } = await guarded((asked, answer) => {
    answer.writeHead(418, { "X-Amzn-RequestId": "one", "x-amz-crc32": "2", "content-length": bytes.length });
    asked.resume().on("end", () => answer.end(bytes));
  });
  const sent = request({ ...options, headers: { "X-Amz-Target": "Two" } }).end(bytes);
  const [response] = await once(sent, "response");
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  expect(response.statusCode).toBe(418);
  expect(response.rawHeaders).toEqual(expect.arrayContaining(["X-Amzn-RequestId", "one", "x-amz-crc32", "2"]));
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
});

test("createRequestGuard cuts the client off when the engine cuts its answer short", async () => {
  const { options } = await guarded((_, answer) => {
    answer.writeHead(200, { "content-length": 100 });
    answer.write("half");
    answer.socket?.end();
  });
  const [response] = await once(request(options).end(), "response");
  await expect(response.toArray()).rejects.toThrow("aborted");
});

test("createRequestGuard cuts the client off when no engine listens", async () => {
  const { options, guard } = await guarded(() => {});
  const bare = createRequestGuard(1);
  bare.server.listen(0, "127.0.0.1");
  onTestFinished(() => void bare.server.close().closeAllConnections());
  await once(bare.server, "listening");
  const { port } = bare.server.address() as AddressInfo;
  await expect(once(request({ ...options, port }).end(), "response")).rejects.toMatchObject({ code: "ECONNRESET" });
  guard.drain();
});

test("createRequestGuard ends the engine's work when the client is gone", async () => {
  const reached = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const { options } = await guarded((_, answer) => {
    answer.once("close", () => ended.resolve());
    reached.resolve();
  });
  const sent = request(options).end();
  sent.once("error", () => {});
  await reached.promise;
  sent.destroy();
  await ended.promise;
});

test("a RequestGuard that is drained lets what is in flight complete, and takes nothing more", async () => {
  const reached = Promise.withResolvers<() => void>();
  const { options, guard } = await guarded((_, answer) => reached.resolve(() => answer.end("late")));
  const answered = once(request(options).end(), "response");
  const complete = await reached.promise;
  guard.drain();
  await setImmediate();
  await expect(once(request(options).end(), "response")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  complete();
  const [response] = await answered;
  expect(String(Buffer.concat(await response.toArray()))).toBe("late");
});
