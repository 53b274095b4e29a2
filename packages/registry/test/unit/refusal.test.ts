import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import { cancelled, registryFull, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { describe, expect, it } from "vitest";
import { diagnose, isItemTooLarge, MemberRefusedError } from "../../src/protocol/refusal.ts";

const WRONG_TYPE = "An operand in the update expression has an incorrect data type";
const TOO_LARGE = "Item size has exceeded the maximum allowed size";

describe("a refused transaction of two members and their set", () => {
  const malformed = { Code: "ValidationError", Message: WRONG_TYPE };
  it.each<[string, unknown]>([
    ["set-contended", cancelled("None", "None", "TransactionConflict")],
    ["set-contended", cancelled({}, {}, "ThrottlingError")],
    ["set-contended", cancelled("TransactionConflict", "None", "ProvisionedThroughputExceeded")],
    ["set-contended", serviceError("TransactionInProgressException", "")],
    ["set-existence", cancelled("TransactionConflict", "None", "ConditionalCheckFailed")],
    ["set-full", cancelled("TransactionConflict", "None", registryFull)],
    ["set-malformed", cancelled("None", "None", malformed)],
    ["set-malformed", cancelled("None", "None", { Code: "ValidationError" })],
    ["set-malformed", serviceError("ValidationException", WRONG_TYPE)],
    ["invalid", serviceError("ValidationException", "Member must satisfy constraint")],
    ["failed", cancelled("None", "None", "None")],
    ["failed", cancelled("None", "None", "AccessDenied")],
    ["failed", cancelled("TransactionConflict", "None")],
    ["failed", Object.assign(cancelled(), { CancellationReasons: undefined })],
    ["failed", Object.assign(cancelled("None", "None", "TransactionConflict"), { name: "InternalServerError" })],
    ["failed", { name: "TransactionCanceledException" }],
    ["failed", "ValidationException"],
  ])("is read as %s", (kind, error) => {
    expect(diagnose(error, 2)).toEqual({ kind });
  });

  it.each<[string, (string | CancellationReason)[], number[], number[]]>([
    ["one busy", ["None", "TransactionConflict", "None"], [], [1]],
    ["both busy", ["ThrottlingError", "ProvisionedThroughputExceeded", "None"], [], [0, 1]],
    ["one refused, one busy", ["ConditionalCheckFailed", "TransactionConflict", "None"], [0], [1]],
    ["one refused, whatever the set says", ["None", "ValidationError", "TransactionConflict"], [1], []],
  ])("names the members that were: %s", (_, reasons, refused, contended) => {
    expect(diagnose(cancelled(...reasons), 2)).toEqual({
      kind: "members",
      refused: new Map(refused.map((i) => [i, { Code: reasons[i] }])),
      contended: new Set(contended),
    });
  });
});

it("a member that was refused hears why, in DynamoDB's words", () => {
  const cause = cancelled("ConditionalCheckFailed");
  const error = new MemberRefusedError("gpt-4", { Code: "ConditionalCheckFailed" }, cause);
  expect(error).toMatchObject({ name: "MemberRefusedError", reason: { Code: "ConditionalCheckFailed" }, cause });
  expect(error.message).toBe('The action of "gpt-4" was refused: ConditionalCheckFailed');
  expect(new MemberRefusedError("a", { Code: "X", Message: "too large" }, cause).message).toMatch(/: too large$/);
});

it("an item is too large where DynamoDB says that of a whole request", () => {
  expect(isItemTooLarge(serviceError("ValidationException", TOO_LARGE))).toBe(true);
  expect(isItemTooLarge(serviceError("ValidationException", "no size here"))).toBe(false);
  expect(isItemTooLarge(new Error(TOO_LARGE))).toBe(false);
});
