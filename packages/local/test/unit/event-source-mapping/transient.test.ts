import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { isTransient, TRANSIENT } from "../../../src/event-source-mapping/transient.ts";
import { named } from "./fake-stream.ts";

const { names, codes, statuses } = TRANSIENT;
const inTable = [
  ...Object.values(names)
    .flat()
    .map((name) => ({ what: name, error: named(name) })),
  ...Object.values(codes)
    .flat()
    .map((code) => ({ what: code, error: named("Error", { code }) })),
  ...statuses.map((httpStatusCode) => ({
    what: `status ${httpStatusCode}`,
    error: named("SomeException", { $metadata: { httpStatusCode } }),
  })),
];

test.each(inTable)("isTransient: $what passes, also as the cause of another error", ({ error }) => {
  expect(isTransient(error)).toBe(true);
  expect(isTransient(new Error("around it", { cause: error }))).toBe(true);
});

test.each([
  named("AccessDeniedException"),
  named("UnrecognizedClientException"),
  named("ResourceNotFoundException"),
  named("ValidationException", { $metadata: { httpStatusCode: 400 } }),
  named("InvalidSignatureException"),
  named("CredentialsProviderError"),
  named("AbortError"),
  named("Error", { code: "ERR_INVALID_URL" }),
  new SyntaxError("Unexpected token < in JSON"),
  "a text",
  undefined,
  null,
])("isTransient: %s does not pass by itself", (error) => {
  expect(isTransient(error)).toBe(false);
});

test("isTransient looks at causes that form a circle, and ends", () => {
  const error = new Error("first");
  error.cause = new Error("second", { cause: error });
  expect(isTransient(error)).toBe(false);
});

/** How often the SDK sends a request that fails like this. */
async function sendCount(error: Error): Promise<number> {
  let count = 0;
  const client = new DynamoDBClient({
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 2,
    retryStrategy: undefined as never,
  });
  client.middlewareStack.add(
    () => async () => {
      count++;
      throw error;
    },
    { step: "deserialize", priority: "low" },
  );
  const { ListTablesCommand } = await import("@aws-sdk/client-dynamodb");
  await client.send(new ListTablesCommand({})).catch(() => {});
  client.destroy();
  return count;
}

test.each(inTable.filter(({ what }) => isOfTheSdk(what)))(
  "the SDK retries $what too: the table has its classification as its base",
  async ({ error }) => {
    expect(await sendCount(error)).toBe(2);
  },
);

function isOfTheSdk(what: string): boolean {
  const ours: readonly string[] = [...names.ours, ...codes.ours];
  return !ours.includes(what);
}
