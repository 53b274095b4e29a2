import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withoutAwsConfiguration } from "../fixtures/aws-environment.ts";
import { startHttpServer } from "../fixtures/http-server.ts";
import { rollcall } from "../fixtures/run-cli.ts";

const list = (endpoint: string) => rollcall(["resource", "list", "--table", "limits", "--endpoint-url", endpoint]);

beforeEach(() => {
  withoutAwsConfiguration();
  vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
  vi.stubEnv("AWS_REGION", "us-east-1");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("an endpoint", () => {
  it("where nothing listens is named, and what to do", async () => {
    const server = await startHttpServer(() => {});
    await server[Symbol.asyncDispose]();
    const { exitCode, stderr } = await list(server.url);
    expect(stderr).toBe(
      `Error: Nothing listens at ${server.url} (ECONNREFUSED): start the engine there, or check --endpoint-url.\n`,
    );
    expect(exitCode).toBe(1);
  });

  it("whose host is unknown is named", async () => {
    const { exitCode, stderr } = await list("http://rollcall.invalid:8000");
    expect(stderr).toMatch(
      /^Error: The host of http:\/\/rollcall\.invalid:8000 is unknown: [^\n]*check --endpoint-url\.\n$/,
    );
    expect(exitCode).toBe(1);
  });

  it("that never answers fails a command within 20 seconds", async () => {
    let requests = 0;
    await using server = await startHttpServer(() => requests++);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const start = Date.now();
    let run: Awaited<ReturnType<typeof list>> | undefined;
    void list(server.url).then((result) => {
      run = result;
    });
    while (run === undefined) {
      await vi.advanceTimersByTimeAsync(50);
      await new Promise(setImmediate);
    }
    expect(run.stderr).toBe(`Error: No answer from ${server.url}: check --endpoint-url.\n`);
    expect(run.exitCode).toBe(1);
    expect(Date.now() - start).toBeLessThan(20_000);
    expect(requests).toBe(3);
  });

  it.each([200, 404, 502])("that is a web server, answering %i, is told from DynamoDB", async (status) => {
    await using server = await startHttpServer((_, response) => response.writeHead(status).end("<html>hello</html>"));
    const { exitCode, stderr } = await list(server.url);
    expect(stderr).toBe(`Error: What answers at ${server.url} is not DynamoDB: check --endpoint-url.\n`);
    expect(exitCode).toBe(1);
  });

  it("that has no TLS but is asked for it gets a hint", async () => {
    await using server = await startHttpServer(() => {});
    const { exitCode, stderr } = await list(server.url.replace("http:", "https:"));
    expect(stderr).toMatch(/^Error: No secure connection to https:[^\n]* usually wants http:\/\/\.\n$/);
    expect(exitCode).toBe(1);
  });
});
