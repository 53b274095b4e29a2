import { cancelled, registryFull, serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { describe, expect, it } from "vitest";
import type { MemberWrite } from "../../../src/protocol/member-set.ts";
import { commitsOn, put, reason, remove } from "./commits-on.ts";

/** An answer to the SDK's second request, after one whose answer was lost. */
function second<T extends Error>(error: T): T {
  return Object.assign(error, { $metadata: { httpStatusCode: 400, attempts: 2 } });
}

const conflict = () => cancelled("None", "None", "TransactionConflict");
const check = (member: string): MemberWrite => ({
  member,
  change: "add",
  actions: [{ ConditionCheck: { TableName: "limits", Key: { PK: { S: member } }, ConditionExpression: "…" } }],
});

describe("GroupCommit, where an earlier attempt may still arrive,", () => {
  it("resends the same request, also for a caller that has aborted", async () => {
    const controller = new AbortController();
    const abort = () => {
      controller.abort(reason);
      return Promise.reject(second(conflict()));
    };
    const { submit, inputs } = commitsOn([abort, conflict()]);
    const [aborted, wanted] = await Promise.all([submit([put("a")], controller.signal), submit([put("b")])]);
    expect(wanted).toMatchObject([{ status: "fulfilled" }]);
    expect(aborted).toMatchObject([{ status: "fulfilled" }]);
    const [first, ...others] = inputs;
    expect(others).toEqual([first, first]);
  });

  it.each([
    ["a busy set", conflict()],
    ["a busy member", cancelled("TransactionConflict", "None", "None")],
    ["a refused member beside others", cancelled("ConditionalCheckFailed", "None", "None")],
    ["a set that is not there", cancelled("None", "None", "ConditionalCheckFailed")],
    ["a full set", cancelled("None", "None", registryFull)],
    ["a token in progress", serviceError("TransactionInProgressException", "")],
  ])("changes neither entries nor form nor token for %s", async (_, refusal) => {
    const { submit, inputs, clock } = commitsOn([second(refusal), refusal]);
    const outcomes = await submit([remove("a"), remove("b")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    const [first, ...others] = inputs;
    expect(others).toEqual([first, first]);
    expect(clock.slept).toEqual([25, 50]);
  });

  it("changes them once no request that was sent so long ago is accepted any more", async () => {
    const clock = new VirtualClock();
    const absent = cancelled("None", "ConditionalCheckFailed");
    const later = async () => {
      await clock.sleep(299_974);
      throw absent;
    };
    const { submit, inputs } = commitsOn([second(cancelled("None", "ConditionalCheckFailed")), later, absent], {
      clock,
      contentionTimeoutMs: 400_000,
    });
    expect(await submit([remove("a")])).toEqual([{ status: "fulfilled", value: { setExists: false } }]);
    expect(inputs[1]).toEqual(inputs[0]);
    expect(inputs[2]).toEqual(inputs[0]);
    expect(inputs[3]?.ClientRequestToken).not.toBe(inputs[0]?.ClientRequestToken);
  });

  it("says that the outcome is unknown when it stops retrying", async () => {
    const refusal = cancelled("None", "TransactionConflict");
    const { submit } = commitsOn([second(refusal), ...Array<Error>(100).fill(refusal)]);
    const [outcome] = await submit([put("a")]);
    expect(outcome).toMatchObject({ reason: { code: "CONTENTION", outcome: "unknown", cause: refusal } });
    expect(String((outcome as PromiseRejectedResult).reason)).toMatch(
      /whether an earlier attempt was written is unknown/,
    );
  });

  it("and is malformed says so, with the outcome that is unknown", async () => {
    const { submit } = commitsOn([second(cancelled("None", { Code: "ValidationError", Message: "no set" }))]);
    const [outcome] = await submit([put("a")]);
    expect(outcome).toMatchObject({ reason: { code: "MALFORMED_ITEM", outcome: "unknown" } });
  });

  it("says so to members that are all refused: nothing is sent beside the earlier attempt", async () => {
    const { submit, inputs } = commitsOn([second(cancelled("ConditionalCheckFailed", "None"))]);
    expect(await submit([put("a")])).toMatchObject([{ reason: { name: "MemberRefusedError", outcome: "unknown" } }]);
    expect(inputs).toHaveLength(1);
  });

  it("halves a request that can never have been accepted", async () => {
    const { submit, inputs } = commitsOn([
      second(serviceError("ValidationException", "Member must satisfy constraint")),
    ]);
    expect((await submit([put("a"), put("b")])).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect(inputs.map(({ TransactItems }) => TransactItems?.length)).toEqual([3, 2, 2]);
  });

  it("drops refused checks, which are right whenever they arrive", async () => {
    const { submit, inputs } = commitsOn([second(cancelled("ConditionalCheckFailed", "None", "None"))]);
    expect((await submit([check("a"), check("b")])).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(inputs.map(({ TransactItems }) => TransactItems?.length)).toEqual([3, 2]);
  });

  it("sends nothing more when every caller has aborted", async () => {
    const controller = new AbortController();
    const abort = () => {
      controller.abort(reason);
      return Promise.reject(second(conflict()));
    };
    const { submit, inputs } = commitsOn([abort]);
    expect(await submit([put("a"), put("b")], controller.signal)).toEqual([
      { status: "rejected", reason },
      { status: "rejected", reason },
    ]);
    expect(inputs).toHaveLength(1);
  });

  it("resends nothing after DynamoDB has forgotten the token", async () => {
    const clock = new VirtualClock();
    const refusal = second(cancelled("None", "TransactionConflict"));
    const slow = async () => {
      await clock.sleep(600_000);
      throw refusal;
    };
    const { submit, inputs } = commitsOn([slow], { clock });
    expect(await submit([put("a")])).toEqual([{ status: "rejected", reason: refusal }]);
    expect(inputs).toHaveLength(1);
  });
});
