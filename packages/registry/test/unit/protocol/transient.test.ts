import { cancelled, conflict, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { describe, expect, it } from "vitest";
import { isConflict, isThrottled, isTransient, transientKind } from "../../../src/protocol/transient.ts";

describe("transientKind", () => {
  it.each([
    ["TransactionConflict", "conflict"],
    ["TransactionConflictException", "conflict"],
    ["TransactionInProgressException", "conflict"],
    ["ReplicatedWriteConflictException", "conflict"],
    ["ThrottlingError", "throttling"],
    ["ThrottlingException", "throttling"],
    ["ThrottledException", "throttling"],
    ["RequestThrottled", "throttling"],
    ["TooManyRequestsException", "throttling"],
    ["ProvisionedThroughputExceeded", "throttling"],
    ["ProvisionedThroughputExceededException", "throttling"],
    ["RequestLimitExceeded", "throttling"],
    ["None", undefined],
    ["ValidationError", undefined],
    ["ExceptionThrottling", undefined],
    ["ThrottlingExceptions", undefined],
    ["toString", undefined],
    [undefined, undefined],
  ])("reads %s as %s", (code, kind) => {
    expect(transientKind(code)).toBe(kind);
  });
});

it("isConflict, isThrottled and isTransient read errors by their names", () => {
  const throttled = serviceError("RequestLimitExceeded", "");
  expect([isConflict(conflict()), isConflict(throttled), isConflict({ name: "TransactionConflict" })]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isThrottled(throttled), isThrottled(conflict()), isThrottled({ name: "Throttling" })]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isTransient(throttled), isTransient(conflict()), isTransient(cancelled())]).toEqual([true, true, false]);
});
