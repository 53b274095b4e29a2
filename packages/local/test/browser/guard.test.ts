import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { describeInBrowser } from "@rollcall/testing/browser/browser";
import { CONTRACT_TABLE } from "@rollcall/testing/dynamodb/contract/table";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";
import { afterAll, beforeAll, expect, it } from "vitest";

const KEY = { PK: { S: "kept" }, SK: { S: "kept" } };

/** A page of another site on this machine, as far as a browser can tell. */
const site = createServer((_, response) => response.setHeader("content-type", "text/html").end("<title>site</title>"));
beforeAll(async () => {
  await once(site.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => void site.close());

describeInBrowser("a page of another site", (browsing) => {
  describeEachEngine("beside an engine", (context) => {
    it("reads none of its tables, and changes none", async () => {
      const TableName = await context.createTable(CONTRACT_TABLE);
      await context.client.send(new PutItemCommand({ TableName, Item: KEY }));
      const tab = await browsing.browser.newPage();
      await tab.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
      const requests = [
        { operation: "GetItem", body: { TableName, Key: KEY } },
        { operation: "DeleteItem", body: { TableName, Key: KEY } },
        { operation: "DeleteTable", body: { TableName } },
      ];
      for (const { operation, body } of requests) {
        // As the SDK sends it, and as a browser sends it without asking the server first.
        for (const mode of ["cors", "no-cors"] as const) {
          const answer = await tab.evaluate(
            async ([endpoint, target, text, mode]) => {
              const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
              const simple = { "content-type": "text/plain" };
              const init = { method: "POST", body: text, mode, headers: mode === "cors" ? headers : simple };
              const url = mode === "cors" ? endpoint : `${endpoint}/?X-Amz-Target=${target}`;
              return await fetch(url, init).then(
                (response) => response.text(),
                () => "",
              );
            },
            [context.engine.endpoint, `DynamoDB_20120810.${operation}`, JSON.stringify(body), mode] as const,
          );
          expect(answer, `${operation}, ${mode}`).toBe("");
        }
      }
      const { Item } = await context.client.send(new GetItemCommand({ TableName, Key: KEY }));
      expect(Item).toEqual(KEY);
      await tab.close();
    });
  });
});
