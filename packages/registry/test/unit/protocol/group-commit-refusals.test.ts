import { getEventListeners } from "node:events";
import { MalformedItemError, RegistryFullError } from "@rollcall/registry";
import { cancelled, registryFull } from "@rollcall/testing/dynamodb/service-errors";
import { describe, expect, it } from "vitest";
import { memberTransaction } from "../../../src/protocol/member-set.ts";
import { MemberRefusedError } from "../../../src/protocol/refusal.ts";
import { commitsOn, put, reason, remove, set } from "./commits-on.ts";

describe("GroupCommit, while a transaction is in flight,", () => {
  it("lets later writes wait, and they share the next", async () => {
    const gate = Promise.withResolvers<object>();
    const { commits, inputs } = commitsOn([() => gate.promise]);
    const first = commits.submit(put("a"));
    await new Promise(setImmediate);
    const others = [commits.submit(put("b")), commits.submit(put("c"))];
    await new Promise(setImmediate);
    expect(inputs).toHaveLength(1);
    gate.resolve({});
    await Promise.all([first, ...others]);
    expect(inputs.map(({ TransactItems }) => TransactItems?.length)).toEqual([2, 3]);
  });

  it("is not begun for a write whose caller has aborted", async () => {
    const { submit, inputs } = commitsOn([]);
    const controller = new AbortController();
    const outcome = submit([put("a")], controller.signal);
    controller.abort(reason);
    expect(await outcome).toEqual([{ status: "rejected", reason }]);
    expect(inputs).toEqual([]);
  });
});

describe("GroupCommit's transaction for which no caller waits any more", () => {
  it("is not resent, and later writes are sent", async () => {
    const controller = new AbortController();
    const abort = () => {
      controller.abort(reason);
      return Promise.reject(cancelled("None", "ConditionalCheckFailed"));
    };
    const { submit, inputs } = commitsOn([abort]);
    expect(await submit([remove("a")], controller.signal)).toEqual([{ status: "rejected", reason }]);
    expect(inputs).toHaveLength(1);
    expect(await submit([put("b")])).toMatchObject([{ status: "fulfilled" }]);
  });

  it("is resent without the writes of callers that aborted, after any refusal", async () => {
    for (const refusal of [
      cancelled("None", "None", "ConditionalCheckFailed"),
      cancelled("None", "None", "TransactionConflict"),
    ]) {
      const controller = new AbortController();
      const abort = () => {
        controller.abort(reason);
        return Promise.reject(refusal);
      };
      const { submit, inputs } = commitsOn([abort]);
      const [aborted, wanted] = await Promise.all([submit([remove("a")], controller.signal), submit([remove("b")])]);
      expect([aborted, wanted]).toMatchObject([[{ status: "rejected", reason }], [{ status: "fulfilled" }]]);
      expect(inputs[1]?.TransactItems?.slice(0, -1)).toEqual(remove("b").actions);
      expect(inputs[1]?.ClientRequestToken).not.toBe(inputs[0]?.ClientRequestToken);
    }
  });
});

describe("GroupCommit's removal", () => {
  const noRegistry = cancelled("None", "ConditionalCheckFailed");

  it("from a registry that is not there checks just that, immediately, and says so", async () => {
    const { submit, inputs, clock } = commitsOn([noRegistry]);
    expect(await submit([remove("a")])).toEqual([{ status: "fulfilled", value: { setExists: false } }]);
    expect(inputs.map(({ TransactItems }) => Object.keys(TransactItems?.at(-1) ?? {}))).toEqual([
      ["Update"],
      ["ConditionCheck"],
    ]);
    expect(inputs[1]?.ClientRequestToken).not.toBe(inputs[0]?.ClientRequestToken);
    expect(clock.slept).toEqual([]);
  });

  it("waits before each further turn where the registry is created and removed meanwhile", async () => {
    const { submit, inputs, clock } = commitsOn([noRegistry, noRegistry, noRegistry, noRegistry]);
    expect(await submit([remove("a")])).toEqual([{ status: "fulfilled", value: { setExists: true } }]);
    expect(inputs).toHaveLength(5);
    expect(clock.slept).toEqual([25, 50]);
  });

  it("is the only change whose request depends on whether the registry exists", () => {
    const form = { assumesSet: true, completesSet: true };
    const added = memberTransaction(set, [put("a")], { ...form, assumesSet: false }, "token");
    expect(added).toEqual(memberTransaction(set, [put("a")], form, "token"));
  });
});

describe("GroupCommit's members that are refused", () => {
  it("permanently are told so, and the others are resent immediately", async () => {
    const refusal = cancelled("ConditionalCheckFailed", "None", "None");
    const { submit, inputs, clock } = commitsOn([refusal]);
    const [refused, other] = await submit([put("a"), put("b")]);
    expect(refused).toMatchObject({ reason: expect.any(MemberRefusedError) });
    expect(refused).toMatchObject({ reason: { reason: { Code: "ConditionalCheckFailed" }, cause: refusal } });
    expect(other?.status).toBe("fulfilled");
    expect(inputs.map(({ TransactItems }) => TransactItems?.length)).toEqual([3, 2]);
    expect(clock.slept).toEqual([]);
  });

  it("because they are busy wait apart, with the same token if they were alone, until their callers abort", async () => {
    const asleep = Promise.withResolvers<AbortSignal | undefined>();
    const clock = {
      now: () => 0,
      slept: [],
      sleep: (_ms: number, signal?: AbortSignal) => {
        asleep.resolve(signal);
        return new Promise<void>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
      },
    };
    const { submit, inputs } = commitsOn([cancelled("TransactionConflict", "None")], { clock: clock as never });
    const controller = new AbortController();
    const outcome = submit([put("a")], controller.signal);
    const signal = await asleep.promise;
    expect(signal?.aborted).toBe(false);
    controller.abort(reason);
    expect(await outcome).toEqual([{ status: "rejected", reason }]);
    expect(inputs).toHaveLength(1);
    await new Promise(setImmediate);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});

describe("GroupCommit's registry that cannot be updated", () => {
  it("is named with DynamoDB's answer as the cause", async () => {
    const cause = cancelled("None", { Code: "ValidationError", Message: "no set" });
    const [outcome] = await commitsOn([cause]).submit([put("a")]);
    expect(outcome).toMatchObject({ reason: expect.any(MalformedItemError) });
    expect(outcome).toMatchObject({ reason: { cause, key: { PK: "SYSTEM#", SK: "#RESOURCES" } } });
  });

  it("because it is full is read once, strongly, and all without room are told so", async () => {
    const full = cancelled("None", "None", "None", registryFull);
    const size = "resources".length + "known".length + "filler".length;
    const Item = { resources: { SS: ["known"] }, filler: { S: "x".repeat(409_599 - size) } };
    const { submit, inputs, signals } = commitsOn([full, { Item }]);
    const { signal } = new AbortController();
    const outcomes = await submit([put("aa"), put("known"), put("bb")], signal);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected"]);
    expect(outcomes[2]).toMatchObject({ reason: expect.any(RegistryFullError) });
    expect(outcomes[2]).toMatchObject({ reason: { cause: full, names: 1, sizeBytes: 409_599 } });
    expect(String((outcomes[2] as PromiseRejectedResult).reason)).toContain('adding "bb" to 1 names');
    expect(inputs).toHaveLength(3);
    expect(inputs[1]).toEqual({ TableName: "limits", Key: set.key, ConsistentRead: true });
    expect(signals.every((each) => each instanceof AbortSignal)).toBe(true);
  });

  it("because of something else than names refuses them all the same", async () => {
    const Item = { note: { S: "x".repeat(409_590) } };
    const [outcome] = await commitsOn([cancelled("None", registryFull), { Item }]).submit([put("gpt-4-turbo")]);
    expect(outcome).toMatchObject({ reason: expect.any(RegistryFullError) });
    expect(outcome).toMatchObject({ reason: { names: 0 } });
  });
});
