import { rmSync } from "node:fs";
import {
  type AttributeValue,
  DynamoDBServiceException,
  GetItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { registryKey } from "@rollcall/registry/schema";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { dynamodb, folder, item, json, manifest, run, tableWith } from "../fixtures/apply-table.ts";
import { rollcall, type World } from "../fixtures/run-cli.ts";

afterAll(() => rmSync(folder, { recursive: true }));

const ID = "rcof3sHx3fY";
const entry = (status = "active"): Record<string, AttributeValue> => ({
  namespace_id: { S: ID },
  namespace_name: { S: "prod" },
  status: { S: status },
});
const at = (PK: string, SK: string) => ({ Key: { PK: { S: PK }, SK: { S: SK } } });

/** A table whose directory has `prod`, and where the index, if there is one, has what is given. */
function tableWithDirectory(status = "active", indexed: Record<string, AttributeValue>[] | Error = []): void {
  tableWith([], []);
  dynamodb.on(GetItemCommand).resolves({});
  dynamodb.on(GetItemCommand, at("_/SYSTEM#", "#NAMESPACE#prod")).resolves({ Item: entry(status) });
  dynamodb.on(QueryCommand).resolves({ Items: [entry(status)] });
  const index = dynamodb.on(QueryCommand, { IndexName: "GSI4" });
  if (indexed instanceof Error) index.rejects(indexed);
  else index.resolves({ Items: indexed });
}

const list = (...options: string[]) => rollcall(["resource", "list", "--table", "limits", ...options]);
const registryReads = () =>
  dynamodb
    .commandCalls(GetItemCommand)
    .map(({ args: [{ input }] }) => input)
    .filter(({ Key }) => Key?.SK?.S === "#RESOURCES")
    .map(({ Key }) => Key?.PK?.S);

beforeEach(() => tableWithDirectory());

describe("--namespace-name", () => {
  it("is looked up in the directory, and reads under the id found there", async () => {
    expect(await list("--namespace-name", "prod")).toMatchObject({ exitCode: 0 });
    expect(registryReads()[0]).toBe(`${ID}/SYSTEM#`);
  });

  it.each(["deleted", "purging"])("is refused for a namespace that is %s", async (status) => {
    tableWithDirectory(status);
    const { exitCode, stderr } = await list("--namespace-name", "prod");
    expect(stderr).toMatch(new RegExp(`^Error: Namespace "prod" is ${status}; `));
    expect(exitCode).toBe(1);
    expect(registryReads()).toEqual([]);
  });

  it("is refused where the directory does not have it, and registers nothing", async () => {
    const { exitCode, stderr } = await list("--namespace-name", "prdo");
    expect(stderr).toMatch(/^Error: Namespace "prdo" is not in the table's directory; correct the name/);
    expect(exitCode).toBe(1);
    expect(dynamodb.commandCalls(TransactWriteItemsCommand)).toEqual([]);
  });

  it("does not go with an id", async () => {
    const { exitCode, stderr } = await list("--namespace-name", "prod", "--namespace", ID);
    expect(stderr).toMatch(/^Error: --namespace-name is looked up for the id that --namespace takes: give one of them/);
    expect(exitCode).toBe(2);
  });
});

describe("a table with a directory of namespaces", () => {
  const FLAT = /^Warning: table limits keeps a directory of namespaces, and there the limiter reads no flat keys: /;

  it("is warned of with flat keys, on stderr, also beside JSON", async () => {
    const { exitCode, stdout, stderr } = await list("--json");
    expect(stderr).toMatch(FLAT);
    expect(JSON.parse(stdout)).toEqual({ resources: [] });
    expect(exitCode).toBe(0);
  });

  it("is warned of before the question where there is a terminal", async () => {
    tableWithDirectory();
    dynamodb.on(GetItemCommand, at("RESOURCE#gpt-4", "#CONFIG")).resolves({ Item: item("gpt-4", 5) });
    const world: World = { typed: "n\n" };
    const { stderr } = await rollcall(["resource", "delete", "gpt-4", "--table", "limits"], world);
    expect(stderr).toMatch(FLAT);
    expect(stderr.match(/Warning/g)).toHaveLength(1);
    expect(stderr).toMatch(/Delete them\?/);
  });

  it("is warned of where a command fails for want of what is there", async () => {
    const { stderr } = await rollcall(["resource", "get", "gpt-4", "--table", "limits"]);
    expect(stderr).toMatch(/^Warning: [^\n]*\nError: Resource "gpt-4" has no defaults/);
  });

  it("is warned of with a name in place of an id, and told the right id", async () => {
    expect((await list("--namespace", "prod")).stderr).toMatch(
      /^Warning: table limits has no namespace with the id "prod"; one has it as its name: pass --namespace-name prod, or --namespace rcof3sHx3fY\.\n/,
    );
    expect((await list("--namespace", "other")).stderr).toMatch(
      /^Warning: table limits has no namespace with the id "other": keys hold ids; /,
    );
  });

  it.each<[string, () => void]>([
    [
      "its directory's entry",
      () => dynamodb.on(GetItemCommand, at("_/SYSTEM#", `#NSID#${ID}`)).resolves({ Item: entry() }),
    ],
    ["its registry", () => dynamodb.on(GetItemCommand, { Key: registryKey(ID) }).resolves({ Item: registryKey(ID) })],
    ["an entry of its index", () => tableWithDirectory("active", [entry()])],
  ])("knows an id by %s, and warns of nothing", async (_, prepare) => {
    prepare();
    expect(await list("--namespace", ID)).toMatchObject({ exitCode: 0 });
    expect((await list("--namespace", ID)).stderr).not.toContain("Warning");
  });

  it("is warned of with the id of a namespace that is being purged", async () => {
    dynamodb.on(GetItemCommand, at("_/SYSTEM#", `#NSID#${ID}`)).resolves({ Item: entry("purging") });
    expect((await list("--namespace", ID)).stderr).toMatch(
      /^Warning: namespace rcof3sHx3fY is purging in the limiter's/,
    );
  });

  it.each(["AccessDeniedException", "ValidationException"])(
    "warns without an index that answers (%s)",
    async (name) => {
      const error = new DynamoDBServiceException({ name, message: name, $fault: "client", $metadata: {} });
      tableWithDirectory("active", error);
      expect((await list("--namespace", "other")).stderr).toMatch(/^Warning: table limits has no namespace/);
    },
  );

  it("whose directory may not be read is used as if there were none", async () => {
    const denied = { name: "AccessDeniedException", message: "no", $fault: "client" as const, $metadata: {} };
    dynamodb.on(QueryCommand).rejects(new DynamoDBServiceException(denied));
    expect(await list()).toMatchObject({ exitCode: 0, stderr: "The registry of table limits is empty.\n" });
  });
});

describe("a manifest's namespace", () => {
  it("is looked up, and applied to under its id", async () => {
    manifest({ new: 1 }, { namespace: "prod" });
    expect(await json()).toMatchObject({ created: [{ resource: "new" }], notHandled: [] });
    const [transaction] = dynamodb.commandCalls(TransactWriteItemsCommand);
    expect(transaction?.args[0].input.TransactItems?.[0]?.Put?.Item?.PK?.S).toBe(`${ID}/RESOURCE#new`);
  });

  it.each([
    [["--namespace-name", "prod"], 0, /^$/],
    [["--namespace", ID], 0, /^(Warning: .*\n)?$/],
    [
      ["--namespace-name", "other"],
      1,
      /^Error: (The manifest is for the namespace "prod"|Namespace "other" is not in)/,
    ],
    [["--namespace", "other"], 1, /^Error: The manifest is for the namespace "prod", whose id is "rcof3sHx3fY", and /],
  ])("agrees with %j or is refused", async (options, expected, message) => {
    manifest({ new: 1 }, { namespace: "prod" });
    dynamodb.on(GetItemCommand, at("_/SYSTEM#", `#NSID#${ID}`)).resolves({ Item: entry() });
    const { exitCode, stderr } = await run({}, "--dry-run", ...options);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(expected);
  });

  it("that the directory does not have is refused, and nothing is written", async () => {
    manifest({ new: 1 }, { namespace: "prdo" });
    const { exitCode, stderr } = await run({}, "--yes");
    expect(stderr).toMatch(/^Error: Namespace "prdo" is not in the table's directory; /);
    expect(exitCode).toBe(1);
    expect(dynamodb.commandCalls(TransactWriteItemsCommand)).toEqual([]);
  });

  it("may be an id that an old client chose, where no name has it", async () => {
    manifest({ new: 1 }, { namespace: "default" });
    expect(await json("--namespace", "default", "--dry-run")).toMatchObject({ created: [{ resource: "new" }] });
  });
});
