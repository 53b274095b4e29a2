import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  IdempotentParameterMismatchException,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { addition, addOf, checkOf, Fixture, keyOf, putOf, TABLE, thrown, transaction } from "./fixture.ts";

const CONFLICT = { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" };
const MINUTE_MS = 60_000;

describe("a transaction in flight", () => {
  const began = () => {
    const world = new Fixture();
    world.put("checked");
    world.commits.length = 0;
    const under = world.database.begin(
      transaction([putOf("default"), addOf("registry", "default"), checkOf("checked", "attribute_exists(PK)")]),
    );
    return { world, under };
  };

  test("has changed nothing until it is committed, and everything then, as one commit", () => {
    const { world, under } = began();
    expect(world.get("default", { ConsistentRead: true })).toBeUndefined();
    expect(world.commits).toEqual([]);
    under.commit();
    expect(world.get("default")).toEqual(keyOf("default"));
    expect(world.get("registry")?.labels).toEqual({ SS: ["default"] });
    expect(world.commits).toHaveLength(1);
    expect(world.commits[0]?.changes.map(({ key }) => key)).toEqual([keyOf("default"), keyOf("registry")]);
  });

  test("cancels another for just the items that it holds", () => {
    const { world } = began();
    const other = thrown(() => world.database.begin(transaction([putOf("other"), addOf("registry", "other")])));
    expect(other).toBeInstanceOf(TransactionCanceledException);
    expect((other as TransactionCanceledException).CancellationReasons).toEqual([{ Code: "None" }, CONFLICT]);
    expect(other.message).toContain("[None, TransactionConflict]");
    expect(world.get("other")).toBeUndefined();
  });

  test("cancels another that only checks an item it only checks", () => {
    const { world } = began();
    const other = thrown(() => world.database.begin(transaction([checkOf("checked", "attribute_exists(PK)")])));
    expect((other as TransactionCanceledException).CancellationReasons).toEqual([CONFLICT]);
  });

  test("tells another of conflicts and of failed conditions immediately", () => {
    const { world } = began();
    const other = thrown(() =>
      world.database.begin(transaction([addOf("registry", "x"), checkOf("absent", "attribute_exists(PK)")])),
    ) as TransactionCanceledException;
    expect(other.CancellationReasons?.map(({ Code }) => Code)).toEqual([
      "TransactionConflict",
      "ConditionalCheckFailed",
    ]);
  });

  test("refuses plain writes of its items, and lets all others through", () => {
    const { world } = began();
    for (const command of [
      new PutItemCommand({ TableName: TABLE, Item: keyOf("default") }),
      new UpdateItemCommand(addition("registry", "x")),
      new DeleteItemCommand({ TableName: TABLE, Key: keyOf("checked") }),
    ]) {
      expect(thrown(() => world.database.execute(command))).toBeInstanceOf(TransactionConflictException);
    }
    world.put("other");
    expect(world.get("other")).toEqual(keyOf("other"));
  });

  test("leaves its items of a batch undone", () => {
    const { world } = began();
    const requests = ["default", "other"].map((name) => ({ PutRequest: { Item: keyOf(name) } }));
    const answer = world.database.execute(new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests } }));
    expect(answer.UnprocessedItems).toEqual({ [TABLE]: requests.slice(0, 1) });
    expect(world.get("other")).toEqual(keyOf("other"));
  });

  test("keeps its items from TransactGetItems, not from other reads", () => {
    const { world } = began();
    const read = (...names: string[]) =>
      world.database.execute(
        new TransactGetItemsCommand({
          TransactItems: names.map((name) => ({ Get: { TableName: TABLE, Key: keyOf(name) } })),
        }),
      );
    const refused = thrown(() => read("other", "checked")) as TransactionCanceledException;
    expect(refused.CancellationReasons).toEqual([{ Code: "None" }, CONFLICT]);
    expect(world.get("checked", { ConsistentRead: true })).toEqual(keyOf("checked"));
  });

  test.each(["commit", "cancel"] as const)("lets go of its items after %s, which comes once", (end) => {
    const { world, under } = began();
    under[end]();
    world.add("registry", "x");
    world.database.begin(transaction([addOf("registry", "y")])).cancel();
    expect(world.get("registry")?.labels?.SS).toEqual(end === "commit" ? ["default", "x"] : ["x"]);
    expect(() => under.commit()).toThrow("over");
    expect(() => under.cancel()).toThrow("over");
  });

  test("holds nothing when its conditions fail", () => {
    const world = new Fixture();
    const begin = () => world.database.begin(transaction([putOf("a"), checkOf("b", "attribute_exists(PK)")]));
    expect(begin).toThrow(TransactionCanceledException);
    world.put("a");
    world.put("b");
    begin().commit();
  });

  test("makes TTL wait for another time", () => {
    const { world, under } = began();
    world.table.expire(keyOf("checked"));
    expect(world.get("checked")).toBeDefined();
    under.cancel();
    world.table.expire(keyOf("checked"));
    expect(world.get("checked")).toBeUndefined();
  });

  test("makes another Region's write wait, which loses if the transaction writes the item", () => {
    const { world, under } = began();
    const theirs = { ...keyOf("registry"), labels: { SS: ["theirs"] } };
    world.table.replicate(keyOf("registry"), theirs);
    world.table.replicate(keyOf("checked"), undefined);
    expect(world.get("registry")).toBeUndefined();
    expect(world.get("checked")).toBeDefined();
    under.commit();
    expect(world.get("registry")?.labels).toEqual({ SS: ["default"] });
    expect(world.get("checked")).toBeUndefined();
    expect(world.commits.map(({ replicated }) => replicated)).toEqual([false, true]);
  });

  test("makes another Region's write wait, which wins if the transaction is cancelled", () => {
    const { world, under } = began();
    const theirs = { ...keyOf("registry"), labels: { SS: ["theirs"] } };
    world.table.replicate(keyOf("registry"), theirs);
    under.cancel();
    expect(world.get("registry")).toEqual(theirs);
  });
});

describe("a token", () => {
  const once = () => transaction([addOf("registry", "once")], "token");

  test("of a transaction in flight is refused as in progress", () => {
    const { database } = new Fixture();
    const under = database.begin(once());
    expect(thrown(() => database.begin(once()))).toBeInstanceOf(TransactionInProgressException);
    const other = transaction([addOf("registry", "other")], "token");
    expect(thrown(() => database.begin(other))).toBeInstanceOf(IdempotentParameterMismatchException);
    under.cancel();
    database.begin(once()).commit();
  });

  test("is good for 10 minutes after the commit", () => {
    const world = new Fixture();
    world.database.execute(once());
    world.delete("registry");
    world.now += 10 * MINUTE_MS;
    world.database.execute(once());
    expect(world.get("registry")).toBeUndefined();
    world.now += 1;
    world.database.execute(once());
    expect(world.get("registry")?.labels).toEqual({ SS: ["once"] });
  });

  test("that was used holds nothing and commits nothing when it is resent", () => {
    const world = new Fixture();
    world.database.execute(once());
    const again = world.database.begin(once());
    world.add("registry", "meanwhile");
    const { length } = world.commits;
    again.commit();
    expect(world.commits).toHaveLength(length);
  });
});

describe("the limits of a transaction", () => {
  const large = (count: number) =>
    Array.from({ length: count }, (_, i) => putOf(`large-${i}`, { filler: { S: "x".repeat(400_000) } }));

  test("are 4 MB of items in all", () => {
    const { database } = new Fixture();
    expect(thrown(() => database.execute(transaction(large(11))))).toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("4 MB"),
    });
    database.execute(transaction(large(10)));
  });

  test("let a key of another kind be the reason of its action", () => {
    const { database } = new Fixture();
    const wrong = { Delete: { TableName: TABLE, Key: { PK: { S: "a" } } } };
    const refused = thrown(() => database.execute(transaction([putOf("a"), wrong]))) as TransactionCanceledException;
    expect(refused.CancellationReasons).toEqual([
      { Code: "None" },
      { Code: "ValidationError", Message: "The provided key element does not match the schema" },
    ]);
  });
});
