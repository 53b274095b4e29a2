import { expect, it } from "vitest";
import { KeyedOrder } from "../../../src/protocol/keyed-order.ts";

it("KeyedOrder runs work on one key in its order, and on others beside it, also after a failure", async () => {
  const order = new KeyedOrder();
  const events: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = order.run("a", async () => {
    await gate.promise;
    events.push("a1");
    throw new Error("a1 failed");
  });
  const second = order.run("a", async () => events.push("a2"));
  const other = order.run("b", async () => events.push("b"));
  await other;
  gate.resolve();
  await expect(first).rejects.toThrow("a1 failed");
  await second;
  expect(events).toEqual(["b", "a1", "a2"]);
});

it.each([
  ["was done", () => Promise.resolve()],
  ["failed", () => Promise.reject(new Error("failed"))],
])("KeyedOrder starts work on a key whose work %s within the call", async (_, before) => {
  const order = new KeyedOrder();
  await order.run("a", before).catch(() => {});
  await order.idle();
  let started = false;
  const run = order.run("a", async () => {
    started = true;
  });
  expect(started).toBe(true);
  await run;
});

it("KeyedOrder.idle waits for the last of what is running", async () => {
  const order = new KeyedOrder();
  const gate = Promise.withResolvers<void>();
  const events: string[] = [];
  void order.run("a", () => gate.promise);
  void order.run("a", async () => events.push("done"));
  const idle = order.idle().then(() => events.push("idle"));
  gate.resolve();
  await idle;
  expect(events).toEqual(["done", "idle"]);
});
