import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import type { ContractContext } from "./context.ts";
import { declareTable } from "./table.ts";

export function conditionContract(context: ContractContext): void {
  describe("conditions", () => {
    const table = declareTable(context);

    test("that fail refuse a Put, an Update and a Delete, and give the item as it is", async () => {
      const key = table.newKey();
      const item = { ...key, v: { S: "there" } };
      await table.put(item);
      const refusing = {
        TableName: table.name,
        ConditionExpression: "attribute_not_exists(PK)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      } as const;
      const set = { UpdateExpression: "SET v = :v", ExpressionAttributeValues: { ":v": { S: "new" } } };
      for (const command of [
        new PutItemCommand({ ...refusing, Item: { ...key, v: { S: "new" } } }),
        new UpdateItemCommand({ ...refusing, ...set, Key: key }),
        new DeleteItemCommand({ ...refusing, Key: key }),
      ]) {
        const error = await context.client.send(command as PutItemCommand).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(ConditionalCheckFailedException);
        expect((error as ConditionalCheckFailedException).Item).toEqual(item);
      }
      expect(await table.get(key)).toEqual(item);
    });

    test("that fail give no item where none was asked for, or none is there", async () => {
      const key = table.newKey();
      const Put = { TableName: table.name, Item: key, ConditionExpression: "attribute_exists(PK)" };
      for (const rest of [{}, { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const]) {
        const error = await context.client.send(new PutItemCommand({ ...Put, ...rest })).catch((reason) => reason);
        expect(error).toBeInstanceOf(ConditionalCheckFailedException);
        expect(error.Item).toBeUndefined();
      }
      expect(await table.get(key)).toBeUndefined();
    });

    test("that hold let the write through", async () => {
      const key = table.newKey();
      const TableName = table.name;
      await context.client.send(
        new PutItemCommand({ TableName, Item: key, ConditionExpression: "attribute_not_exists(PK)" }),
      );
      await context.client.send(
        new PutItemCommand({
          TableName,
          Item: { ...key, v: { N: "2" } },
          ConditionExpression: "attribute_exists(PK) AND (attribute_not_exists(v) OR v < :v)",
          ExpressionAttributeValues: { ":v": { N: "2" } },
        }),
      );
      expect(await table.get(key)).toEqual({ ...key, v: { N: "2" } });
    });
  });
}
