import { Writable } from "node:stream";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { rollcall } from "../fixtures/run-cli.ts";

const dynamodb = mockClient(DynamoDBClient);
const names = (...SS: string[]) => dynamodb.on(GetItemCommand).resolves({ Item: { resources: { SS } } });
const list = ["resource", "list", "--table", "limits"];

beforeEach(() => dynamodb.reset());

describe("resource list", () => {
  it("prints one name a line, for names of any characters", async () => {
    names("gpt-4", "gpt-4\nrm -rf", "\u001b[31mred");
    expect((await rollcall(list)).stdout).toBe('"\\u001b[31mred"\ngpt-4\n"gpt-4\\nrm -rf"\n');
  });

  it("prints names as they are with --json", async () => {
    names("gpt-4\n", "openai/gpt-4o");
    const { stdout } = await rollcall([...list, "--json"]);
    expect(JSON.parse(stdout)).toEqual({ resources: ["gpt-4\n", "openai/gpt-4o"] });
  });

  it("of nothing prints nothing to a pipe, and a note for people", async () => {
    dynamodb.on(GetItemCommand).resolves({});
    expect(await rollcall(list)).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "The registry of table limits is empty.\n",
    });
    expect(await rollcall([...list, "--json"])).toEqual({
      exitCode: 0,
      stdout: '{\n  "resources": []\n}\n',
      stderr: "",
    });
  });
});

describe("registry status", () => {
  it("warns people when the registry is nearly full", async () => {
    names(...Array.from({ length: 5_000 }, (_, i) => `model-${i}`.padEnd(64, "x")));
    const status = ["registry", "status", "--table", "limits", "--namespace", "t1"];
    const { exitCode, stdout, stderr } = await rollcall(status);
    expect(stdout).toMatch(
      /^Registry of namespace t1 of table limits\n {2}Names +5,000\n {2}Size +320,009 bytes of 409,600 \(78%\)\n/,
    );
    expect(stderr).toMatch(/^Warning: the registry is near DynamoDB's item limit.*\n$/);
    expect(exitCode).toBe(0);
    const json = await rollcall([...status, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ names: 5_000, nearLimit: true });
    expect(json.stderr).toBe("");
  });

  it("counts entries that are no names", async () => {
    names("gpt-4", "");
    const { stdout } = await rollcall(["registry", "status", "--table", "limits"]);
    expect(stdout).toMatch(/Names +1\n {2}Malformed +1 empty name, skipped\n/);
  });
});

describe("interrupting", () => {
  it("a request ends with exit code 130 and no stack", async () => {
    const controller = new AbortController();
    dynamodb.on(GetItemCommand).callsFake(() => {
      controller.abort();
      return Promise.reject(controller.signal.reason);
    });
    const run = await rollcall(list, { signal: controller.signal });
    expect(run).toEqual({ exitCode: 130, stdout: "", stderr: "Interrupted.\n" });
  });
});

describe("stdout", () => {
  const failing = (code: string) =>
    new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error(`${code}: it failed, write`), { code }));
      },
    }).on("error", () => {}); // as the process's own streams have a listener

  beforeEach(() => names("gpt-4"));

  it("whose reader has gone is no error", async () => {
    expect(await rollcall(list, { stdout: failing("EPIPE") })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("that cannot be written to is one", async () => {
    const { exitCode, stderr } = await rollcall(list, { stdout: failing("ENOSPC") });
    expect(stderr).toBe("Error: The output could not be written: ENOSPC: it failed, write.\n");
    expect(exitCode).toBe(1);
  });
});

describe("a command whose reader goes away while it runs", () => {
  /** Takes one line, and fails with the second. */
  const oneLineReader = () => {
    let lines = 0;
    return new Writable({
      write(_chunk, _encoding, done) {
        done(++lines > 1 ? Object.assign(new Error("write EPIPE"), { code: "EPIPE" }) : undefined);
      },
    }).on("error", () => {});
  };

  it("ends with exit code 0 where it only reads", async () => {
    names("gpt-4");
    const run = await rollcall(["registry", "status", "--watch", "--table", "limits"], { stdout: oneLineReader() });
    expect(run).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});
