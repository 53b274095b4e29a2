import type { ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { withoutAwsConfiguration } from "../fixtures/aws-environment.ts";
import { startHttpServer } from "../fixtures/http-server.ts";
import { rollcall } from "../fixtures/run-cli.ts";

beforeAll(() => {
  withoutAwsConfiguration();
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const marked = { "x-amzn-requestid": "1" };
const json =
  (body: string, headers: Record<string, string> = marked) =>
  (response: ServerResponse) =>
    response.writeHead(200, headers).end(body);
const item = (attributes: string) => json(`{"Item":{"PK":{"S":"SYSTEM#"},${attributes}}}`);

/** Everything that is not DynamoDB, by what it answers. */
const FOREIGN: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  "an empty body": json(""),
  "an empty body without a mark": json("", {}),
  "an empty object without a mark": json("{}", {}),
  "a list": json("[]"),
  null: json("null"),
  "a number": json("5"),
  "a page": json("<html>hello</html>"),
  "half an object": json('{"Item":'),
  "a wrong checksum": json("{}", { ...marked, "x-amz-crc32": "1" }),
  "a redirect": (response) => response.writeHead(301, { location: "http://example.com" }).end(),
  "not found, as a page": (response) => response.writeHead(404).end("<html></html>"),
};

/** Objects with DynamoDB's marks that hold what no answer of its does, where a command reads it. */
const MISSHAPEN: typeof FOREIGN = {
  "deep nesting": json(`{"Item":${'{"a":{"M":'.repeat(50_000)}{}${"}}".repeat(50_000)}}`),
  "an item that is a number": json('{"Item":5}'),
  "an item that is a list": json('{"Item":[null]}'),
  "an attribute that is null": item('"resources":null'),
  "a set that is a number": item('"resources":{"SS":5}'),
  "a set of null": item('"resources":{"SS":[null]}'),
  "a text that is a number": item('"resources":{"S":5}'),
  "items that are a number": json('{"Item":5,"Items":5,"Responses":5,"Table":5}'),
  "lists of null": json('{"Item":[null],"Items":[null],"Responses":{"limits":[null]},"Table":null}'),
};

const READERS = ["resource list", "resource get gpt-4", "resource delete gpt-4 --yes", "registry status"];
const WRITERS = ["resource set gpt-4 -l rpm:5", "resource update gpt-4 -l rpm:5", "table create"];

describe.concurrent.each([
  ...Object.entries(FOREIGN).map((entry) => [...entry, [...READERS, ...WRITERS]] as const),
  ...Object.entries(MISSHAPEN).map((entry) => [...entry, READERS] as const),
])("an endpoint that answers %s", (_, answer, commands) => {
  it("is no DynamoDB to a command", async () => {
    await using server = await startHttpServer((_request, response) => answer(response));
    const runs = commands.map((line) =>
      rollcall([...line.split(" "), "--table", "limits", "--endpoint-url", server.url]),
    );
    for (const [i, run] of (await Promise.all(runs)).entries()) {
      expect(run, commands[i]).toEqual({
        exitCode: 1,
        stdout: "",
        stderr: `Error: What answers at ${server.url} is not DynamoDB: check --endpoint-url.\n`,
      });
    }
  });
});

describe("an answer", () => {
  const list = (url: string) => rollcall(["resource", "list", "--table", "limits", "--endpoint-url", url]);

  it("with the right checksum is taken", async () => {
    const body = '{"Item":{"resources":{"SS":["gpt-4"]}}}';
    await using server = await startHttpServer((_, response) =>
      json(body, { ...marked, "x-amz-crc32": String(crc32(body)) })(response),
    );
    expect(await list(server.url)).toMatchObject({ exitCode: 0, stdout: "gpt-4\n" });
  });

  it("that never ends is cut at 16 MiB", async () => {
    let sent = 0;
    await using server = await startHttpServer((_, response) => {
      response.writeHead(200, marked);
      const chunk = Buffer.alloc(1024 ** 2, " ");
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on("drain", more);
      more();
    });
    expect((await list(server.url)).stderr).toMatch(/is not DynamoDB/);
    expect(sent).toBeLessThan(32 * 1024 ** 2);
  });
});
