import {
  type CancellationReason,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { ContentionError, MalformedItemError, RegistryFullError } from "@rollcall/registry";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withoutAwsConfiguration } from "../fixtures/aws-environment.ts";
import { rollcall } from "../fixtures/run-cli.ts";

const dynamodb = mockClient(DynamoDBClient);

beforeEach(() => dynamodb.reset());

/** What DynamoDB answers, as the SDK throws it. */
function answer(name: string, message: string, status = 400): Error {
  const $fault = status >= 500 ? ("server" as const) : ("client" as const);
  return new DynamoDBServiceException({ name, message, $fault, $metadata: { httpStatusCode: status } });
}

function cancelled(...reasons: CancellationReason[]): Error {
  return Object.assign(
    answer("TransactionCanceledException", "Transaction cancelled, please refer to reasons [None]"),
    {
      CancellationReasons: reasons,
    },
  );
}

/** What Node throws when there is no server to talk to. */
function failure(code: string, message = `connect ${code} 10.0.0.1:443`, name = "Error"): Error {
  return Object.assign(new Error(message), { code, name, $metadata: { attempts: 3 } });
}

const denial =
  "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: dynamodb:GetItem on resource: " +
  "arn:aws:dynamodb:eu-west-1:123456789012:table/limits because no identity-based policy allows the dynamodb:GetItem action";

describe("what DynamoDB refuses is one line that says what to do", () => {
  it.each<[string, Error, RegExp]>([
    [
      "a table that is not there",
      answer("ResourceNotFoundException", "Requested resource not found"),
      /no table "limits" in eu-west-1: check --table, --region and --endpoint-url, or create it with: rollcall table create --table limits --region eu-west-1$/,
    ],
    [
      "a write to a table without transactions",
      answer("ValidationException", "Transactions are not supported on tables with multi-Region strong consistency"),
      /Table "limits" can have no registry: it is a global table with multi-Region strong consistency, .*: use a table of one Region/,
    ],
    [
      "a table being made",
      answer("ResourceInUseException", "Table is being created"),
      /Table "limits" is being created, .* right now: retry when it is active/,
    ],
    [
      "no permission",
      answer("AccessDeniedException", denial),
      /No permission for dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:123456789012:table\/limits: have it allowed for arn:aws:iam::123456789012:user\/ann/,
    ],
    [
      "no permission, in other words",
      answer("AccessDeniedException", "Not with this key"),
      /No permission for table "limits": Not with this key\. Ask for it/,
    ],
    [
      "expired credentials",
      answer("ExpiredTokenException", "The security token included in the request is expired"),
      /expired: log in again/,
    ],
    [
      "an unknown access key",
      answer("UnrecognizedClientException", "The security token included in the request is invalid."),
      /does not accept your credentials: .* Check AWS_PROFILE/,
    ],
    ["a wrong secret or clock", answer("InvalidSignatureException", "Signature expired"), /this machine's clock/],
    [
      "throttling of a request",
      answer("ThrottlingException", "Rate exceeded"),
      /throttles table "limits": retry in a moment/,
    ],
    [
      "throttling of a table",
      answer("ProvisionedThroughputExceededException", "Exceeded"),
      /throttles table "limits".* raise its capacity/,
    ],
    [
      "an account's limit",
      answer("LimitExceededException", "Too many operations"),
      /Too many operations\. Retry in a moment/,
    ],
    [
      "an operation unknown to the server",
      answer("UnknownOperationException", "UnknownError"),
      /does not know this operation: check --endpoint-url/,
    ],
    [
      "keys of other names",
      answer("ValidationException", "The provided key element does not match the schema"),
      /keys of table "limits" are not PK and SK.* Check --table/,
    ],
    [
      "any other request",
      answer("ValidationException", "1 validation error detected:\n Value 'a b'"),
      /refused the request: 1 validation error detected: Value 'a b'\.$/,
    ],
    [
      "a transaction",
      cancelled({ Code: "None" }, { Code: "ValidationError", Message: "The number is too big" }),
      /refused the request: The number is too big\.$/,
    ],
    [
      "a transaction, without a message",
      cancelled({ Code: "Other" }),
      /refused the request: Transaction cancelled, .*\.$/,
    ],
    [
      "an error of its own",
      answer("InternalServerError", "Internal server error", 500),
      /answered InternalServerError \(500\): Internal server error\. Retry/,
    ],
    [
      "something new",
      answer("SomethingNewException", "Never seen"),
      /answered SomethingNewException \(400\): Never seen\. Check --region/,
    ],
  ])("%s", async (_, error, message) => {
    dynamodb.onAnyCommand().rejects(error);
    const { exitCode, stdout, stderr } = await rollcall([
      "resource",
      "list",
      "--table",
      "limits",
      "--region",
      "eu-west-1",
    ]);
    expect(stderr).toMatch(/^Error: [^\n]*\n$/);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(1);
  });

  it.each([
    [
      "knows no table of such a name",
      answer("ResourceNotFoundException", "Cannot do operations on a non-existent table"),
    ],
    ["finds such a name invalid", answer("ValidationException", "Invalid table name")],
  ])("an ARN at an engine that %s, with the name to use", async (_, error) => {
    dynamodb.onAnyCommand().rejects(error);
    const arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/limits";
    const { stderr } = await rollcall(["resource", "list", "--table", arn, "--endpoint-url", "http://localhost:8000"]);
    expect(stderr).toBe(
      "Error: What answers at http://localhost:8000 takes no ARN here, though AWS does: use the table's name, --table limits.\n",
    );
  });

  it("also with --json, where stdout stays empty", async () => {
    dynamodb.onAnyCommand().rejects(answer("LimitExceededException", "Too many operations"));
    const run = await rollcall(["resource", "set", "a", "-l", "rpm:5", "--table", "limits", "--json"]);
    expect(run).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringMatching(/^Error: DynamoDB allows no/) });
  });

  it("and names the endpoint, in the advice as well", async () => {
    dynamodb.onAnyCommand().rejects(answer("ResourceNotFoundException", "Requested resource not found"));
    const { stderr } = await rollcall([
      "resource",
      "list",
      "--table",
      "limits",
      "--endpoint-url",
      "http://localhost:8000",
    ]);
    expect(stderr).toContain('no table "limits" at http://localhost:8000');
    expect(stderr).toContain("rollcall table create --table limits --endpoint-url http://localhost:8000");
  });
});

describe("an endpoint that cannot be talked to is one line that says what to do", () => {
  it.each<[string, Error, RegExp]>([
    ["ECONNREFUSED", failure("ECONNREFUSED"), /Nothing listens at http:\/\/db:8000 \(ECONNREFUSED\): start the engine/],
    [
      "ENOTFOUND",
      failure("ENOTFOUND", "getaddrinfo ENOTFOUND db"),
      /host of http:\/\/db:8000 is unknown: getaddrinfo ENOTFOUND db; check/,
    ],
    ["EAI_AGAIN", failure("EAI_AGAIN", "getaddrinfo EAI_AGAIN db"), /is unknown: getaddrinfo EAI_AGAIN db; check/],
    [
      "ECONNRESET",
      failure("ECONNRESET", "socket hang up", "TimeoutError"),
      /connection to http:\/\/db:8000 failed \(ECONNRESET\)/,
    ],
    ["EHOSTUNREACH", failure("EHOSTUNREACH"), /failed \(EHOSTUNREACH\)/],
    ["ETIMEDOUT", failure("ETIMEDOUT", "connect ETIMEDOUT"), /No answer from http:\/\/db:8000: check --endpoint-url/],
    ["a time-out of the SDK's", failure("", "request has exceeded", "TimeoutError"), /No answer from http:\/\/db:8000/],
    [
      "a certificate that is not trusted",
      failure("DEPTH_ZERO_SELF_SIGNED_CERT"),
      /No secure connection to http:\/\/db:8000 \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    ],
    [
      "TLS to a server without",
      failure("EPROTO", "write EPROTO wrong version number\n"),
      /No secure connection .* usually wants http:\/\//,
    ],
    [
      "a server of another protocol",
      failure("HPE_INVALID_CONSTANT", "Parse Error: Expected HTTP/"),
      /is not DynamoDB: check --endpoint-url/,
    ],
    ["a server of web pages", new SyntaxError("Unexpected token '<'"), /is not DynamoDB/],
  ])("%s", async (_, error, message) => {
    dynamodb.onAnyCommand().rejects(error);
    const { exitCode, stderr } = await rollcall([
      "resource",
      "list",
      "--table",
      "limits",
      "--endpoint-url",
      "http://db:8000",
    ]);
    expect(stderr).toMatch(/^Error: [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(1);
  });

  it("and where AWS's own is meant, the Region is to be checked", async () => {
    dynamodb.onAnyCommand().rejects(failure("ENOTFOUND", "getaddrinfo ENOTFOUND dynamodb.us-esat-1.amazonaws.com"));
    const { stderr } = await rollcall(["resource", "list", "--table", "limits", "--region", "us-esat-1"]);
    expect(stderr).toMatch(/ENOTFOUND dynamodb\.us-esat-1\.amazonaws\.com; check --region and your network\.$/m);
  });
});

describe("what is missing in the AWS configuration is one line that says what to do", () => {
  beforeEach(() => {
    withoutAwsConfiguration();
    dynamodb.restore();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    dynamodb.reset();
  });

  it("the Region", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
    const { exitCode, stderr } = await rollcall(["resource", "list", "--table", "limits"]);
    expect(stderr).toMatch(/^Error: No AWS Region: pass --region, or set AWS_REGION [^\n]*\n$/);
    expect(exitCode).toBe(1);
  });

  it("the credentials", async () => {
    const { exitCode, stderr } = await rollcall(["resource", "list", "--table", "limits", "--region", "eu-west-1"]);
    expect(stderr).toMatch(/^Error: No AWS credentials: pass --profile or set AWS_PROFILE [^\n]*\n$/);
    expect(exitCode).toBe(1);
  });
});

describe("what the registry refuses is one line that says what to do", () => {
  const full = { sizeBytes: 409_590, limitBytes: 409_600, names: 34_000 };
  it.each<[string, Error, RegExp]>([
    [
      "a full registry",
      new RegistryFullError(full, "gpt-4"),
      /Registry is full: .* move some to another scope or namespace\.$/,
    ],
    ["contention", new ContentionError(9, 30_000), /kept refusing the write, and nothing was written\. Retry later\.$/],
    [
      "a malformed item",
      new MalformedItemError({ PK: "SYSTEM#" }, "its set is none; remove it"),
      /Malformed item .* remove it\.$/,
    ],
  ])("%s", async (_, error, message) => {
    dynamodb.onAnyCommand().rejects(error);
    const { exitCode, stderr } = await rollcall(["resource", "set", "gpt-4", "-l", "rpm:5", "--table", "limits"]);
    expect(stderr).toMatch(/^Error: [^\n]*\n$/);
    expect(stderr.trimEnd()).toMatch(message);
    expect(exitCode).toBe(1);
  });

  it("an update of a resource without defaults, in words of the command line", async () => {
    dynamodb.on(GetItemCommand).resolves({});
    const refused = answer("ConditionalCheckFailedException", "The conditional request failed");
    dynamodb.on(PutItemCommand).rejects(refused);
    const { exitCode, stderr } = await rollcall(["resource", "update", "gpt-4", "-l", "rpm:5", "--table", "limits"]);
    expect(stderr).toMatch(
      /^Error: Resource "gpt-4" has no defaults to update in table limits; create them with: rollcall resource set --table limits gpt-4 -l rpm:5\/min\n$/,
    );
    expect(exitCode).toBe(1);
  });
});

it("a fault of ours shows where it happened, and asks to report it", async () => {
  dynamodb.onAnyCommand().rejects(new TypeError("x is not a function"));
  const { exitCode, stdout, stderr } = await rollcall(["resource", "list", "--table", "limits"]);
  expect(stderr).toMatch(/^TypeError: x is not a function\n +at .*\n[\s\S]*please report it with these lines\.\n$/);
  expect(stdout).toBe("");
  expect(exitCode).toBe(1);
});
