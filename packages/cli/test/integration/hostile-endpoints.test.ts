import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "@rollcall/registry/protocol";
import { describeInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { withoutAwsConfiguration } from "../fixtures/aws-environment.ts";
import { contentsOf } from "../fixtures/contents.ts";
import { EVIL, hasControls, hostileLines } from "../fixtures/hostile.ts";
import { startHttpServer } from "../fixtures/http-server.ts";
import { peakOf } from "../fixtures/peak-memory.ts";
import { type Run, rollcall } from "../fixtures/run-cli.ts";
import { finished, spawnRollcall } from "../fixtures/spawn-cli.ts";

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

const MARKED = { "x-amzn-requestid": "1" };
const MEGABYTE = 1024 ** 2;
const body =
  (text: string, headers: Record<string, string> = MARKED, status = 200): Answer =>
  (response) =>
    response.writeHead(status, headers).end(text);
const error = (type: string, message: string, status = 400) =>
  body(JSON.stringify({ __type: type, message }), MARKED, status);
const raw =
  (text: string): Answer =>
  (response) =>
    response.socket?.end(text);
/** A byte a second, for ever, to the body or to the head. */
const drip =
  (write: (response: ServerResponse) => unknown): Answer =>
  (response) => {
    const timer = setInterval(() => write(response), 1_000);
    response.on("close", () => clearInterval(timer));
  };

/** Everything that an endpoint can do to a command, by what it answers. */
const KINDS: Readonly<Record<string, Answer>> = {
  "nothing, with marks": body(""),
  "an object without marks": body("{}", {}),
  "a list": body("[]"),
  null: body("null"),
  "a number": body("5"),
  "a page": body("<html>hello</html>"),
  "half an object": body('{"Item":'),
  "a wrong checksum": body("{}", { ...MARKED, "x-amz-crc32": "1" }),
  "a redirect": body("", { location: "http://127.0.0.1:1" }, 301),
  "a page that is not found": body("<html></html>", {}, 404),
  "deep nesting": body(`{"Item":${'{"a":{"M":'.repeat(50_000)}{}${"}}".repeat(50_000)}}`),
  "numbers for lists": body('{"Item":5,"Items":5,"Responses":5,"Table":5,"UnprocessedKeys":5,"TableDescription":5}'),
  "a body that stalls": (response) => response.writeHead(200, MARKED).write(" "),
  "a body of a byte a second": (response, request) => {
    response.writeHead(200, MARKED);
    drip(() => response.write(" "))(response, request);
  },
  "a body that is too short": (response) => {
    response.writeHead(200, { ...MARKED, "content-length": "100" }).write("{}");
    setImmediate(() => response.destroy());
  },
  "a body without an end": (response) => {
    response.writeHead(200, MARKED);
    const chunk = Buffer.alloc(MEGABYTE, " ");
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  },
  "no answer": () => {},
  "a head of a byte a second": (response, request) => {
    response.socket?.write("HTTP/1.1 200 OK\r\nx: ");
    drip(() => response.socket?.write("x"))(response, request);
  },
  "a head of a megabyte": raw(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(MEGABYTE)}\r\n\r\n`),
  "an end": (response) => response.socket?.destroy(),
  "another protocol": raw(`220 mail ready ${EVIL}\r\n`),
  "a failure, as a page": body(`<html>${EVIL}</html>`, {}, 502),
  "a failure that asks to wait for a day": body("", { ...MARKED, "retry-after": "86400" }, 503),
  "throttling, for ever": error("com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", EVIL),
  "a refusal of a megabyte": error("ValidationException", EVIL.repeat(MEGABYTE / EVIL.length)),
  "an error of no known name": error(`Evil\u001b[2J${EVIL}`, EVIL),
};

/** What a write does not read, it does not judge: its answer has DynamoDB's marks, and it is done. */
const UNREAD: Readonly<Record<string, readonly string[]>> = {
  "deep nesting": ["resource set"],
  "numbers for lists": ["resource set"],
};

/** What takes most time, memory or text is tried in a process of its own, too. */
const LARGE = [
  "deep nesting",
  "a body that stalls",
  "a body without an end",
  "a head of a megabyte",
  "a refusal of a megabyte",
];

const folder = mkdtempSync(path.join(tmpdir(), "rollcall-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));
const folderOf = (kind: string) => path.join(folder, kind.replaceAll(/\W/g, "-"));
const lines = Object.entries(hostileLines(folder)).map(([name, [words = []]]) => ({ name, words }));

beforeAll(() => {
  withoutAwsConfiguration();
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** Thrice what a command may take: others may be busy beside the tests. */
const MAX_MS = 3 * 40_000;
const MAX_STDERR = 2_048;
const MAX_MEGABYTES = 512;

const lineOf = ({ name, words }: (typeof lines)[number], url: string) => [
  ...name.split(" "),
  ...words,
  ...["--table", "limits", "--endpoint-url", url],
];

function expectBounded({ stdout, stderr }: Run, name: string): void {
  expect(hasControls(stdout + stderr), name).toBe(false);
  expect(Buffer.byteLength(stderr), name).toBeLessThanOrEqual(MAX_STDERR);
  expect(stderr, name).not.toMatch(/This is a fault in rollcall|^Error: forged/m);
}

describeInCi("every command, against a hostile endpoint:", {}, () => {
  describe.concurrent.each(Object.entries(KINDS))("an endpoint that answers %s", (kind, answer) => {
    it("ends every command in time, with exit code 1 and a short line", { timeout: 2 * MAX_MS }, async () => {
      await using server = await startHttpServer((request, response) => answer(response, request));
      await Promise.all(
        lines.map(async (line) => {
          const started = performance.now();
          const run = await rollcall(lineOf(line, server.url), {
            clock: systemClock,
            env: { XDG_STATE_HOME: folderOf(kind) },
          });
          const isDone = UNREAD[kind]?.includes(line.name) ?? false;
          expect(run, line.name).toMatchObject({ exitCode: isDone ? 0 : 1, stdout: isDone ? expect.anything() : "" });
          if (!isDone) expect(run.stderr, line.name).toMatch(/^Error: .*\n$/);
          expectBounded(run, line.name);
          expect(performance.now() - started, line.name).toBeLessThan(MAX_MS);
        }),
      );
      expect(contentsOf(folderOf(kind))).toEqual({ rollcall: "(mode 40700)" }); // no cursor, no lock, no draft
    });
  });

  it.skipIf(process.platform !== "linux")(
    "an answer with a million names is listed soon, in bounded memory",
    async () => {
      const names = Array.from({ length: 1_000_000 }, (_, i) => `"r${i}"`).join(",");
      const answer = body(`{"Item":{"resources":{"SS":[${names}]}}}`);
      await using server = await startHttpServer((request, response) => answer(response, request));
      const { env, megabytes } = peakOf(path.join(folder, "million.status"));
      const words = ["resource", "list", "--table", "limits", "--endpoint-url", server.url];
      const started = performance.now();
      const { exitCode, stdout } = await finished(spawnRollcall(words, env));
      expect(exitCode).toBe(0);
      expect(stdout.split("\n")).toHaveLength(1_000_001);
      expect(performance.now() - started).toBeLessThan(3 * 5_000);
      expect(megabytes()).toBeLessThan(350);
    },
  );

  describe.concurrent.each(
    LARGE.map((kind, i) => ({ kind, line: lines[(2 * i) % lines.length] as (typeof lines)[number] })),
  )("the process of $line.name, where an endpoint answers $kind", ({ kind, line }) => {
    it.skipIf(process.platform !== "linux")(
      "ends in bounded memory, the same way",
      { timeout: 2 * MAX_MS },
      async () => {
        const answer = KINDS[kind] as Answer;
        await using server = await startHttpServer((request, response) => answer(response, request));
        const { env, megabytes } = peakOf(`${folderOf(kind)}.status`);
        const started = performance.now();
        const run = await finished(
          spawnRollcall(lineOf(line, server.url), { XDG_STATE_HOME: `${folderOf(kind)}.state`, ...env }),
        );
        expect(run.exitCode).toBe(1);
        expectBounded(run, kind);
        expect(performance.now() - started).toBeLessThan(MAX_MS);
        expect(megabytes()).toBeLessThan(MAX_MEGABYTES);
      },
    );
  });
});
