import { expect, it } from "vitest";
import { assertAnswered, ForeignAnswerError } from "../../../src/protocol/answer.ts";

it("assertAnswered returns what DynamoDB, or a client in memory, has answered", () => {
  for (const output of [{ $metadata: { httpStatusCode: 200, requestId: "A1" } }, { $metadata: {} }, {}]) {
    expect(assertAnswered(output)).toBe(output);
  }
});

it("assertAnswered refuses a success without a request id, and says what that means", () => {
  const check = () => assertAnswered({ $metadata: { httpStatusCode: 200, requestId: undefined } });
  expect(check).toThrow(ForeignAnswerError);
  expect(check).toThrow(/status 200 is not DynamoDB's, for it has no request id: .* unknown\. Check the endpoint/);
});
