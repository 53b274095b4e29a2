import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { rollcall } from "../fixtures/run-cli.ts";

const dynamodb = mockClient(DynamoDBClient);

beforeEach(() => {
  dynamodb.reset();
  dynamodb.onAnyCommand().resolves({});
});

const table = ["--table", "limits"];

describe("wrong usage ends with exit code 2, says what is wrong, and sends nothing", () => {
  it.each<[string, string[], RegExp]>([
    ["no table", ["resource", "list"], /pass --table NAME, or set ROLLCALL_TABLE/],
    ["an empty table", ["resource", "list", "--table", ""], /pass --table NAME, or set ROLLCALL_TABLE/],
    [
      "an unknown object",
      ["resorce", "list"],
      /unknown command 'resorce'\n\(Did you mean resource\?\)\nSee: rollcall --help/,
    ],
    ["an unknown verb", ["resource", "lst"], /'lst'\n\(Did you mean list\?\)\nSee: rollcall resource --help/],
    ["no verb", ["resource"], /^Usage: rollcall resource/],
    ["an unknown option", ["resource", "list", "--tabel", "x"], /'--tabel'\n\(Did you mean --table\?\)/],
    ["an option without its value", ["resource", "list", "--table"], /'--table <name>' argument missing/],
    ["no name", ["resource", "get", ...table], /missing required argument 'name'/],
    ["two names", ["resource", "get", "a", "b", ...table], /too many arguments/],
    ["no limit", ["resource", "set", "a", ...table], /required option '-l, --limit <limit>' not specified/],
    [
      "a limit that is none",
      ["resource", "set", "a", "-l", "rpm=5", ...table],
      /'rpm=5' is invalid\. Expected name:rate/,
    ],
    ["a limit that is none", ["resource", "update", "a", "-l", "rpm:5/m", ...table], /unit "m" is not one of/],
    [
      "options before the command",
      ["--table", "a", "resource", "list", "--json"],
      /^Error: Options go behind the command: rollcall resource list --table a --json\n/,
    ],
    [
      "options within the command",
      ["resource", "--table", "a", "get", "gpt 4"],
      /^Error: Options go behind the command: rollcall resource get --table a 'gpt 4'\n/,
    ],
    ["a plural of an option", ["resource", "set", "a", "--limits", "rpm:5", ...table], /Did you mean --limit\?/],
    ["help on what is not there", ["help", "resource", "lst"], /^Error: There is no command "resource lst"\./],
    [
      "an endpoint without a scheme",
      ["resource", "list", ...table, "--endpoint-url", "localhost:8000"],
      /like http:\/\//,
    ],
    ["a Region that cannot be one", ["resource", "list", ...table, "--region", "us east"], /like us-east-1/],
    ["a deletion that cannot be confirmed", ["resource", "delete", "a", ...table], /no terminal.*pass --yes/],
    ["a namespace for a table", ["table", "create", ...table, "--namespace", "x"], /unknown option '--namespace'/],
  ])("%s: %s", async (_, argv, message) => {
    const { exitCode, stdout, stderr } = await rollcall(argv);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^(Error: |Usage: )/);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it("an endpoint in the environment is looked at, too, unless it is to be ignored", async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: "localhost:8000" };
    expect((await rollcall(["resource", "list", ...table], { env })).exitCode).toBe(2);
    const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
    expect((await rollcall(["resource", "list", ...table], { env: ignored })).exitCode).toBe(0);
  });
});

describe("names and limits that cannot be any are wrong usage", () => {
  it.each<[string, string[], RegExp]>([
    ["a resource", ["resource", "set", "gpt 4", "-l", "rpm:5", ...table], /^Error: Invalid resource name "gpt 4"/],
    ["a resource to get", ["resource", "get", "", ...table], /^Error: Invalid resource name ""/],
    ["a reserved limit", ["resource", "set", "a", "-l", "wcu:5", ...table], /^Error: Invalid limit name "wcu"/],
    ["one limit twice", ["resource", "set", "a", "-l", "r:5", "-l", "r:6", ...table], /Limit "r" is given twice/],
    ["a namespace", ["resource", "list", "--namespace", "a#b", ...table], /^Error: Invalid namespace name "a#b"/],
    ["a table", ["resource", "list", "--table", "a b"], /^Error: --table "a b" cannot be a table: /],
    ["a table of control characters", ["resource", "list", "--table", "t\r"], /^Error: --table "t\\r" cannot be/],
    [
      "a password",
      ["resource", "list", ...table, "--endpoint-url", "http://u:pw@h"],
      /--endpoint-url holds a user name/,
    ],
    ["half a URL with one", ["resource", "list", ...table, "--endpoint-url", "u:pw@h"], /may hold a password/],
  ])("%s ends with exit code 2 and sends nothing", async (_, argv, message) => {
    const { exitCode, stdout, stderr } = await rollcall(argv);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]*\nSee: rollcall resource [a-z]+ --help\n$/);
    expect(stderr).not.toContain("pw");
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
    expect(dynamodb.calls()).toHaveLength(0);
  });

  it("a table in the environment is named by its variable", async () => {
    const { exitCode, stderr } = await rollcall(["resource", "list"], { env: { ROLLCALL_TABLE: "limits\r" } });
    expect(stderr).toMatch(/^Error: ROLLCALL_TABLE "limits\\r" cannot be a table: /);
    expect(exitCode).toBe(2);
  });
});

describe("where to find the registry", () => {
  const sentTo = () => {
    const { TableName, Key } = dynamodb.call(0).args[0].input as { TableName: string; Key: { PK: { S: string } } };
    return [TableName, Key.PK.S];
  };

  it("is taken from the environment", async () => {
    const env = { ROLLCALL_TABLE: "from-env", ROLLCALL_NAMESPACE: "ns-env" };
    await rollcall(["resource", "list"], { env });
    expect(sentTo()).toEqual(["from-env", "ns-env/SYSTEM#"]);
  });

  it("is rather taken from the options", async () => {
    const env = { ROLLCALL_TABLE: "from-env", ROLLCALL_NAMESPACE: "ns-env" };
    await rollcall(["resource", "list", "--namespace", "ns-option", "--table", "from-option"], { env });
    expect(sentTo()).toEqual(["from-option", "ns-option/SYSTEM#"]);
  });

  it("is flat where the environment holds an empty namespace", async () => {
    await rollcall(["resource", "list", ...table], { env: { ROLLCALL_NAMESPACE: "" } });
    expect(sentTo()).toEqual(["limits", "SYSTEM#"]);
  });

  it.each(["list", "get gpt-4"])("and --consistent makes %s a strong read", async (command) => {
    await rollcall(["resource", ...command.split(" "), ...table, "--consistent"]);
    expect(dynamodb.call(0).args[0].input).toMatchObject({ ConsistentRead: true });
  });
});

it("wrong usage names the command as npm runs it, where npm runs it from its repository", async () => {
  const { stderr } = await rollcall(["resource", "list", "--bogus"], {
    env: { npm_package_name: "rollcall-workspace" },
  });
  expect(stderr).toBe("Error: unknown option '--bogus'\nSee: npm run rollcall -- resource list --help\n");
  const misplaced = await rollcall(["--json", "resource", "list"], { env: { npm_package_name: "rollcall-workspace" } });
  expect(misplaced.stderr).toMatch(/^Error: Options go behind the command: npm run rollcall -- resource list --json\n/);
});
