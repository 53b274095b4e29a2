import { describe, expect, test } from "vitest";
import { judgeResponse } from "../../../../src/event-source-mapping/function/partial-response.ts";

const batch = ["100", "200", "300"];
const failures = (...identifiers: unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

test.each<[what: string, response: unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["an empty text", ""],
  ["an empty object", {}],
  ["an empty list", []],
  ["an empty list of failures", { batchItemFailures: [] }],
  ["null for a list of failures", { batchItemFailures: null }],
])("judgeResponse of %s: succeeded", (_, response) => {
  expect(judgeResponse(response, batch)).toEqual({ kind: "succeeded" });
});

describe("the lowest number returned is where retry starts", () => {
  test.each<[identifiers: string[], from: number]>([
    [["100"], 0],
    [["300"], 2],
    [["300", "200"], 1],
    [["200", "200"], 1],
  ])("%j: from %i", (identifiers, from) => {
    expect(judgeResponse(failures(...identifiers), batch)).toEqual({ kind: "partly-failed", from });
  });
});

test.each<[what: string, response: unknown]>([
  ["an empty identifier", failures("")],
  ["a null identifier", failures(null)],
  ["a number for an identifier", failures(200)],
  ["an unknown identifier", failures("400")],
  ["an unknown identifier beside a known one", failures("200", "400")],
  ["a misspelt identifier", { batchItemFailures: [{ itemIdentifer: "200" }] }],
  ["a null in the list", { batchItemFailures: [null] }],
  ["text in the list", { batchItemFailures: ["200"] }],
  ["text for the list", { batchItemFailures: "200" }],
  ["an object for the list", { batchItemFailures: { itemIdentifier: "200" } }],
  ["text for the response", "done"],
  ["a number for the response", 0],
  ["a list of failures for the response", [{ itemIdentifier: "200" }]],
])("judgeResponse of %s: failed", (_, response) => {
  expect(judgeResponse(response, batch)).toEqual({ kind: "failed", reason: expect.any(String) });
});

test("judgeResponse of another field and no batchItemFailures: succeeded, with a warning", () => {
  expect(judgeResponse({ batchItemFailure: [{ itemIdentifier: "200" }] }, batch)).toEqual({
    kind: "succeeded",
    warning: 'the response has "batchItemFailure" and no "batchItemFailures"',
  });
});
