import { cancelled } from "@rollcall/testing/dynamodb/service-errors";
import { describe, expect, it } from "vitest";
import { MalformedItemError, RegistryFullError } from "../../../src/protocol/errors.ts";
import type { SetForm } from "../../../src/protocol/member-set.ts";
import { MemberRefusedError, type Refusal, SetAbsentError } from "../../../src/protocol/refusal.ts";
import { transition } from "../../../src/protocol/transitions.ts";
import type { Entry } from "../../../src/protocol/waiting-list.ts";
import { put, remove, set } from "./commits-on.ts";

const CHANGES = { add: put, remove };
const FORMS: readonly SetForm[] = [true, false].flatMap((assumesSet) =>
  [true, false].map((completesSet) => ({ assumesSet, completesSet })),
);
const conditionFailed = { index: 0, reason: { Code: "ConditionalCheckFailed" } };

/** Every refusal of a flight of three, the members' in each of their mixtures. */
const REFUSALS: { readonly [name: string]: Refusal } = {
  "set-contended": { kind: "set-contended" },
  "set-existence": { kind: "set-existence" },
  "set-full": { kind: "set-full" },
  "set-malformed": { kind: "set-malformed" },
  "one refused": { kind: "members", refused: new Map([[0, conditionFailed]]), contended: new Set() },
  "one refused, one busy": { kind: "members", refused: new Map([[0, conditionFailed]]), contended: new Set([1]) },
  "all refused": {
    kind: "members",
    refused: new Map([0, 1, 2].map((i) => [i, conditionFailed])),
    contended: new Set(),
  },
  "all busy": { kind: "members", refused: new Map(), contended: new Set([0, 1, 2]) },
  invalid: { kind: "invalid" },
  failed: { kind: "failed" },
};

const cause = cancelled();
const found = { members: new Set(["a"]), sizeBytes: 409_590, freeBytes: 1, missingBytes: 20 };
const name = ({ write }: Entry): string => write.member;

function outcomeOf(change: keyof typeof CHANGES, form: SetForm, refusal: Refusal, isInDoubt = false) {
  const entry = (member: string): Entry => ({
    write: CHANGES[change](member),
    signal: undefined,
    resolve() {},
    reject() {},
  });
  const entries = [entry("a"), entry("b"), entry("cc")] as const;
  const { rejections, next } = transition({ entries, form, isInDoubt }, refusal, { set, found, cause });
  return {
    rejections: rejections.map(({ entry, error }) => [name(entry), error === cause ? "the cause" : error]),
    next: next.map(({ entries, ...rest }) => ({ names: entries.map(name).join(), ...rest })),
  };
}

const all = (error: unknown) => ["a", "b", "cc"].map((each) => [each, error]);
const unchanged = (form: SetForm, wait: string) => ({
  rejections: [],
  next: [{ names: "a,b,cc", form, token: "same", backoff: "same", wait }],
});

/** What is to follow each refusal: written apart from the table that is tested. */
function expected(refusal: string, change: string, form: SetForm) {
  const alone = { form, token: "new", backoff: "new", wait: "none" };
  switch (refusal) {
    case "set-contended":
      return unchanged(form, "holding");
    case "set-existence":
      return change === "add"
        ? { rejections: all("the cause"), next: [] }
        : {
            rejections: [],
            next: [
              {
                names: "a,b,cc",
                form: { ...form, assumesSet: !form.assumesSet },
                token: "new",
                backoff: "same",
                wait: form.assumesSet ? "none" : "holding",
              },
            ],
          };
    case "set-full": {
      const without = { form: { ...form, completesSet: false }, token: "new", backoff: "same", wait: "none" };
      if (change === "add") {
        return { rejections: [["cc", expect.any(RegistryFullError)]], next: [{ names: "a,b", ...without }] };
      }
      return form.completesSet
        ? { rejections: [], next: [{ names: "a,b,cc", ...without }] }
        : { rejections: all("the cause"), next: [] };
    }
    case "set-malformed":
      return { rejections: all(expect.any(MalformedItemError)), next: [] };
    case "one refused":
      return { rejections: [["a", expect.any(MemberRefusedError)]], next: [{ names: "b,cc", ...alone }] };
    case "one refused, one busy":
      return {
        rejections: [["a", expect.any(MemberRefusedError)]],
        next: [
          { names: "b", form, token: "new", backoff: "same", wait: "apart" },
          { names: "cc", ...alone },
        ],
      };
    case "all refused":
      return { rejections: all(expect.any(MemberRefusedError)), next: [] };
    case "all busy":
      return unchanged(form, "apart");
    case "invalid":
      return {
        rejections: [],
        next: [
          { names: "a,b", ...alone },
          { names: "cc", ...alone },
        ],
      };
    default:
      return { rejections: all("the cause"), next: [] };
  }
}

describe.each(Object.keys(REFUSALS))("transition after %s", (refusal) => {
  for (const change of ["add", "remove"] as const) {
    for (const form of FORMS) {
      it(`of an ${change}, ${JSON.stringify(form)}`, () => {
        const outcome = outcomeOf(change, form, REFUSALS[refusal] as Refusal);
        expect(outcome).toEqual(expected(refusal, change, form));
      });

      it(`of an ${change} in doubt, ${JSON.stringify(form)}, changes nothing unless it decides at all`, () => {
        const outcome = outcomeOf(change, form, REFUSALS[refusal] as Refusal, true);
        if (["set-malformed", "all refused", "invalid", "failed"].includes(refusal)) {
          expect(outcome).toEqual(expected(refusal, change, form));
        } else {
          const isOfMembers = REFUSALS[refusal]?.kind === "members";
          expect(outcome).toEqual(unchanged(form, isOfMembers ? "apart" : "holding"));
        }
      });
    }
  }
});

it("additions to a set that must exist are all told that it is not there", () => {
  const entries = [{ write: put("a"), signal: undefined, resolve() {}, reject() {} }] as const;
  const state = { entries, form: { assumesSet: true, completesSet: true }, isInDoubt: false };
  const outcome = transition(state, { kind: "set-existence" }, { set: { ...set, mustExist: true }, cause });
  expect(outcome).toEqual({ rejections: [{ entry: entries[0], error: expect.any(SetAbsentError) }], next: [] });
  expect(outcome.rejections[0]?.error).toMatchObject({ cause });
});
