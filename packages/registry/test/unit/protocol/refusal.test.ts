import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import { cancelled, registryFull, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { describe, expect, it } from "vitest";
import { diagnose, isItemTooLarge, MemberRefusedError } from "../../../src/protocol/refusal.ts";

const WRONG_TYPE = "An operand in the update expression has an incorrect data type";
const TOO_LARGE = "Item size has exceeded the maximum allowed size";

describe("diagnose, of a refused transaction of two members and their set,", () => {
  const malformed = { Code: "ValidationError", Message: WRONG_TYPE };
  it.each<[string, unknown]>([
    ["set-contended", cancelled("None", "None", "TransactionConflict")],
    ["set-contended", cancelled({}, {}, "ThrottlingError")],
    ["set-contended", cancelled("TransactionConflict", "None", "ProvisionedThroughputExceeded")],
    ["set-contended", serviceError("TransactionInProgressException", "")],
    ["set-contended", serviceError("ThrottlingException", "")],
    ["set-contended", serviceError("ProvisionedThroughputExceededException", "")],
    ["set-contended", serviceError("RequestLimitExceeded", "")],
    ["set-contended", cancelled("None", "None", "RequestLimitExceeded")],
    ["set-existence", cancelled("TransactionConflict", "None", "ConditionalCheckFailed")],
    ["set-full", cancelled("TransactionConflict", "None", registryFull)],
    ["set-malformed", cancelled("None", "None", malformed)],
    ["set-malformed", cancelled("None", "None", { Code: "ValidationError" })],
    ["set-malformed", serviceError("ValidationException", WRONG_TYPE)],
    ["invalid", serviceError("ValidationException", "Member must satisfy constraint")],
    ["invalid", serviceError("SerializationException", "Start of structure or map found where not expected")],
    ["invalid", Object.assign(serviceError("UnknownError", ""), { $metadata: { httpStatusCode: 413 } })],
    ["invalid", serviceError("SomethingNewException", "a 400 of a name that is not known")],
    ["invalid", Object.assign(serviceError("SerializationException", ""), { $metadata: {} })],
    ["invalid", Object.assign(serviceError("ValidationException", ""), { $metadata: {} })],
    ["failed", serviceError("AccessDeniedException", "")],
    ["failed", serviceError("ResourceNotFoundException", "")],
    ["failed", serviceError("IdempotentParameterMismatchException", "")],
    ["failed", serviceError("UnrecognizedClientException", "")],
    ["failed", Object.assign(serviceError("SomethingNewException", ""), { $metadata: { httpStatusCode: 403 } })],
    ["failed", Object.assign(serviceError("SomethingNewException", ""), { $metadata: { httpStatusCode: 500 } })],
    ["failed", Object.assign(serviceError("SomethingNewException", ""), { $metadata: undefined })],
    ["failed", Object.assign(cancelled(), { CancellationReasons: [null, null, null] })],
    ["failed", Object.assign(cancelled(), { CancellationReasons: "none" })],
    ["failed", cancelled("None", "None", "None")],
    ["failed", cancelled("None", "None", "AccessDenied")],
    ["failed", cancelled("TransactionConflict", "None")],
    ["failed", Object.assign(cancelled(), { CancellationReasons: undefined })],
    ["failed", Object.assign(cancelled("None", "None", "TransactionConflict"), { name: "InternalServerError" })],
    ["failed", { name: "TransactionCanceledException" }],
    ["failed", "ValidationException"],
  ])("reads %s (%#)", (kind, error) => {
    expect(diagnose(error, [1, 1])).toEqual({ kind });
  });

  it.each<[string, (string | CancellationReason)[], number[], number[]]>([
    ["one busy", ["None", "TransactionConflict", "None"], [], [1]],
    ["both busy", ["ThrottlingError", "ProvisionedThroughputExceeded", "None"], [], [0, 1]],
    ["one refused, one busy", ["ConditionalCheckFailed", "TransactionConflict", "None"], [0], [1]],
    ["one refused, and a set that is busy", ["None", "ValidationError", "TransactionConflict"], [1], []],
  ])("names the members that were: %s", (_, reasons, refused, contended) => {
    expect(diagnose(cancelled(...reasons), [1, 1])).toEqual({
      kind: "members",
      refused: new Map(refused.map((i) => [i, { index: 0, reason: { Code: reasons[i] } }])),
      contended: new Set(contended),
    });
  });
});

it("diagnose reads the actions of each member, of which the first refused one decides", () => {
  const reasons = [
    "None",
    "None",
    "TransactionConflict",
    "ConditionalCheckFailed",
    "ValidationError",
    "None",
    "Throttling",
  ];
  expect(diagnose(cancelled(...reasons, "None"), [1, 4, 2])).toEqual({
    kind: "members",
    refused: new Map([[1, { index: 2, reason: { Code: "ConditionalCheckFailed" } }]]),
    contended: new Set([2]),
  });
  expect(diagnose(cancelled(...reasons, "None"), [1, 4, 3])).toEqual({ kind: "failed" });
});

it("diagnose passes over reasons that are null", () => {
  const set = { Code: "TransactionConflict" };
  const error = Object.assign(cancelled(), { CancellationReasons: [null, { Code: "ThrottlingError" }, set] });
  expect(diagnose(error, [1, 1])).toEqual({ kind: "set-contended" });
});

it("MemberRefusedError says why, in DynamoDB's words", () => {
  const cause = cancelled("ConditionalCheckFailed");
  const error = new MemberRefusedError("gpt-4", { index: 2, reason: { Code: "ConditionalCheckFailed" } }, cause);
  expect(error).toMatchObject({
    name: "MemberRefusedError",
    index: 2,
    reason: { Code: "ConditionalCheckFailed" },
    cause,
  });
  expect(error.message).toBe('The action of "gpt-4" was refused: ConditionalCheckFailed');
  expect(new MemberRefusedError("a", { index: 0, reason: { Code: "X", Message: "too large" } }, cause).message).toMatch(
    /: too large$/,
  );
});

it("isItemTooLarge is true where DynamoDB says that of a whole request", () => {
  expect(isItemTooLarge(serviceError("ValidationException", TOO_LARGE))).toBe(true);
  expect(isItemTooLarge(serviceError("ValidationException", "no size here"))).toBe(false);
  expect(isItemTooLarge(new Error(TOO_LARGE))).toBe(false);
});

it("a refusal of a megabyte is read soon, also one that repeats itself", () => {
  const started = performance.now();
  expect(isItemTooLarge(serviceError("ValidationException", "item size ".repeat(100_000)))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(isItemTooLarge(serviceError("ValidationException", TOO_LARGE))).toBe(true);
});
