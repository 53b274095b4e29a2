import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withoutAwsConfiguration } from "../fixtures/aws-environment.ts";
import { startMarkedServer } from "../fixtures/http-server.ts";
import { rollcall } from "../fixtures/run-cli.ts";

const list = ["resource", "list", "--table", "limits"];
let folder: string;

beforeEach(async () => {
  withoutAwsConfiguration();
  for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"]) {
    vi.stubEnv(name, undefined);
  }
  folder = await mkdtemp(path.join(tmpdir(), "rollcall-network-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function configure(text: string): Promise<void> {
  const file = path.join(folder, "config");
  await writeFile(file, text);
  vi.stubEnv("AWS_CONFIG_FILE", file);
}

describe("credentials that cannot be had are explained by who should have given them", () => {
  const run = async (...options: string[]) => {
    const { exitCode, stdout, stderr } = await rollcall([...list, "--region", "eu-west-1", ...options], {
      env: process.env,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^Error: No AWS credentials[^\n]*\n$/);
    return stderr;
  };

  it("a profile that is not there, from either variable or the option", async () => {
    await configure("[profile other]\nregion = eu-west-1\n");
    const unknown = /from profile "typo": it is not in the AWS configuration files/;
    expect(await run("--profile", "typo")).toMatch(unknown);
    vi.stubEnv("AWS_PROFILE", "typo");
    expect(await run()).toMatch(unknown);
    vi.stubEnv("AWS_PROFILE", undefined);
    vi.stubEnv("AWS_DEFAULT_PROFILE", "typo");
    expect(await run()).toMatch(unknown);
  });

  it("a credential_process that fails, of a profile and of the default one", async () => {
    const script = path.join(folder, "process");
    await writeFile(script, "#!/bin/sh\necho the vault is sealed >&2\nexit 3\n");
    await chmod(script, 0o755);
    await configure(`[default]\ncredential_process = ${script}\n[profile vault]\ncredential_process = ${script}\n`);
    expect(await run("--profile", "vault")).toMatch(/from profile "vault": .*the vault is sealed/);
    expect(await run()).toMatch(/credentials: .*the vault is sealed/);
  });

  it("an SSO session that is not logged in", async () => {
    vi.stubEnv("HOME", folder);
    await configure(
      "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\n" +
        "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n",
    );
    expect(await run("--profile", "sso")).toMatch(/from profile "sso": .* Log in with: aws sso login --profile sso\n$/);
  });

  it("none anywhere", async () => {
    expect(await run()).toMatch(/pass --profile or set AWS_PROFILE/);
  });
});

describe("the environment", () => {
  beforeEach(() => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
    vi.stubEnv("AWS_REGION", "eu-west-1");
  });
  const answer = '{"Item":{"resources":{"SS":["gpt-4"]}}}';

  it("with a line break in a key is told so by the variable's name", async () => {
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b\n");
    const { exitCode, stderr } = await rollcall(list, { env: process.env });
    expect(stderr).toMatch(/^Error: AWS_SECRET_ACCESS_KEY holds a line break, [^\n]*\n$/);
    expect(exitCode).toBe(1);
  });

  it.each(["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])("may set %s beside an endpoint", async (name) => {
    vi.stubEnv(name, "true");
    await using server = await startMarkedServer((_, response) => response.end(answer));
    expect(await rollcall([...list, "--endpoint-url", server.url])).toMatchObject({ exitCode: 0, stdout: "gpt-4\n" });
  });

  it("with keys and a profile is told in one line which of them is used", async () => {
    await configure("[profile mine]\naws_access_key_id = c\naws_secret_access_key = d\n");
    vi.stubEnv("AWS_PROFILE", "mine");
    const authorizations: (string | undefined)[] = [];
    await using server = await startMarkedServer((request, response) => {
      authorizations.push(request.headers.authorization);
      response.end(answer);
    });
    const { stderr } = await rollcall([...list, "--endpoint-url", server.url], { env: process.env });
    expect(stderr).toBe('Note: the credentials of AWS_PROFILE "mine" are used, not those of AWS_ACCESS_KEY_ID.\n');
    expect(authorizations[0]).toContain("Credential=c/");
    const chosen = await rollcall([...list, "--profile", "mine", "--endpoint-url", server.url], { env: process.env });
    expect(chosen.stderr).toBe("");
  });

  it("names authorities that cannot be read by their variable", async () => {
    vi.stubEnv("AWS_CA_BUNDLE", "/nonexistent/ca.pem");
    const { exitCode, stderr } = await rollcall(list, { env: process.env });
    expect(stderr).toMatch(/^Error: AWS_CA_BUNDLE names "\/nonexistent\/ca.pem", which cannot be read: [^\n]*\n$/);
    expect(exitCode).toBe(1);
  });

  it("with a proxy that is no URL is told so, without its password", async () => {
    vi.stubEnv("HTTPS_PROXY", "ftp://user:secret@proxy:1");
    const { exitCode, stderr } = await rollcall(list, { env: process.env });
    expect(stderr).toMatch(/^Error: HTTPS_PROXY or HTTP_PROXY is no http:\/\/ or https:\/\/ URL: [^\n]*\n$/);
    expect(stderr).not.toContain("secret");
    expect(exitCode).toBe(1);
  });
});

describe("a proxy", () => {
  beforeEach(() => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
  });

  /** A proxy that tells what it is asked for, and refuses every tunnel. */
  async function startProxy() {
    const asked: string[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.setHeader("x-amzn-requestid", "1");
      response.end('{"Item":{"resources":{"SS":["behind-the-proxy"]}}}');
    });
    server.on("connect", (request, socket) => {
      asked.push(`CONNECT ${request.url}`);
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return {
      asked,
      url: `http://127.0.0.1:${port}`,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  it("in HTTPS_PROXY is asked for a tunnel to AWS", async () => {
    await using proxy = await startProxy();
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    const { exitCode, stderr } = await rollcall([...list, "--region", "eu-west-1"], { env: process.env });
    expect(proxy.asked[0]).toBe("CONNECT dynamodb.eu-west-1.amazonaws.com:443");
    expect(stderr).toMatch(/^Error: [^\n]*HTTPS_PROXY\.\n$/);
    expect(exitCode).toBe(1);
  });

  it("in HTTP_PROXY is asked for an http endpoint elsewhere", async () => {
    await using proxy = await startProxy();
    vi.stubEnv("HTTP_PROXY", proxy.url);
    vi.stubEnv("AWS_REGION", "eu-west-1");
    const run = await rollcall([...list, "--endpoint-url", "http://db.example:8000"], { env: process.env });
    expect(run).toMatchObject({ exitCode: 0, stdout: "behind-the-proxy\n" });
    // the list, and whether the table keeps a directory of namespaces
    expect(proxy.asked).toEqual(Array(2).fill("POST http://db.example:8000/"));
  });

  it("is not asked for a host of NO_PROXY, nor for an engine on this machine", async () => {
    await using proxy = await startProxy();
    await using server = await startMarkedServer((_, response) => response.end("{}"));
    vi.stubEnv("HTTP_PROXY", proxy.url);
    expect(await rollcall([...list, "--endpoint-url", server.url], { env: process.env })).toMatchObject({
      exitCode: 0,
    });
    vi.stubEnv("NO_PROXY", ".invalid");
    vi.stubEnv("AWS_REGION", "eu-west-1");
    const { stderr } = await rollcall([...list, "--endpoint-url", "http://db.invalid:8000"], { env: process.env });
    expect(stderr).toMatch(/host of http:\/\/db\.invalid:8000 is unknown/);
    expect(proxy.asked).toEqual([]);
  });
});

it("a password in --endpoint-url appears in no message", async () => {
  const url = "http://user:hunter2@127.0.0.1:9";
  const { exitCode, stdout, stderr } = await rollcall([...list, "--endpoint-url", url]);
  expect(stdout + stderr).not.toContain("hunter2");
  expect(exitCode).toBe(2);
});
