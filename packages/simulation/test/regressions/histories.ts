import { resources } from "@rollcall/registry/resources";
import { CALM } from "../../src/network/conditions.ts";
import type { Fate, FateScript } from "../../src/network/fate.ts";
import type { Operation } from "../../src/operations/operation.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { Setting } from "../../src/plan/setting.ts";

/**
 * Histories in which a promise was broken once, each shrunk from the seeds it is named after. A seed means another plan
 * as soon as plans change, so they are written down, network and all.
 */
export interface Regression {
  readonly name: string;
  /** Where it was found; none where it was made up after a defect that was read. */
  readonly seeds: readonly number[];
  readonly plan: Plan;
}

export const SETTING: Setting = {
  regions: 1,
  layout: { definitions: [resources], kept: "each", isFacade: true },
  scopes: ["t1"],
  names: ["n0", "n1", "n2"],
  foreignNames: [],
  unreadableName: undefined,
  producers: 1,
  maintainers: 1,
  shards: 1,
  pollIntervalMs: 250,
  crowd: undefined,
  backlog: undefined,
  isRestored: false,
  hasOutage: false,
  impatience: 0,
  hasLargeWrites: false,
  hasSieges: false,
  isBulky: false,
  passes: { segments: 1, unitsPerSecond: 200, invocationMs: 60_000 },
  network: CALM,
};

const NEVER = Number.POSITIVE_INFINITY;
const PRODUCER = "eu-central-1.producer1";
const place = { region: 0, registry: 0, scope: "t1" } as const;

function plan(
  operations: readonly (readonly [at: number, Operation])[],
  more: Partial<Setting> = {},
  fates?: FateScript,
): Plan {
  const steps = operations.map(([at, operation], i) => ({ id: i + 1, at, operation }));
  return { seed: 1, setting: { ...SETTING, ...more }, steps, ...(fates && { fates }) };
}

function write(call: "set" | "delete" | "update", name: string, abortAfterMs?: number): Operation {
  const writes = [{ write: call, registry: 0, scope: "t1", name }];
  return { kind: "write", region: 0, producer: 0, writes, ...(abortAfterMs !== undefined && { abortAfterMs }) };
}

/** What befalls the producer's attempts, one after the other. */
function script(...attempts: Partial<Fate>[]): FateScript {
  return { [PRODUCER]: attempts };
}

/** 409,585 bytes: a name of 15 bytes fits, and the 24 bytes of the index keys do not. */
const NEARLY_FULL: Partial<Setting> = { crowd: { freeBytes: 15, hasIndexKeys: false } };

/** Keeps the registry's transaction in flight until 99 ms: what is called meanwhile is joined into the next one. */
const FIRST: Partial<Fate> = { arrivesAfterMs: 50, answersAfterMs: 49 };
/** Takes effect at 100 ms. The SDK sends it again at 2,099 ms. */
const ANSWER_LOST: Partial<Fate> = { answersAfterMs: NEVER };
const THROTTLED: Partial<Fate> = { isThrottled: true };
/** Between the second attempt's refusal at 2,100 ms and the third. */
const DURING_RETRY = 2_100.5;

export const REGRESSIONS: readonly Regression[] = [
  {
    name: "a name that fits into a registry that has no room for its index keys is registered",
    seeds: [700001465, 700009756, 700025501],
    plan: plan([[10, { kind: "provision", ...place, write: "set", name: "n1xxxxxxxx" }]], NEARLY_FULL),
  },
  {
    name: "an orphan leaves a registry that has no room for its index keys",
    seeds: [560644529105, 700025535, 700026127],
    plan: plan(
      [
        [10, { kind: "two-call", ...place, write: "set", name: "n1xxxxxxxx", pauseMs: 50 }],
        [5_000, { kind: "expire", ...place, name: "n1xxxxxxxx" }],
      ],
      NEARLY_FULL,
    ),
  },
  {
    name: "a delete is never refused for want of room",
    seeds: [],
    plan: plan(
      [
        [10, { kind: "two-call", ...place, write: "set", name: "n1", pauseMs: 50 }],
        [5_000, write("delete", "n1")],
      ],
      { crowd: { freeBytes: 2, hasIndexKeys: false } },
    ),
  },
  {
    name: "a set takes effect once, though another of its transaction is aborted between two attempts of the SDK",
    seeds: [506980295685],
    plan: plan(
      [
        [0, write("set", "n2")],
        [10, write("set", "n0", DURING_RETRY - 10)],
        [11, write("set", "n1")],
      ],
      {},
      script(FIRST, ANSWER_LOST, THROTTLED),
    ),
  },
  {
    name: "a delete takes effect once, though another of its transaction is aborted between two attempts of the SDK",
    seeds: [412474301992, 700012666, 700017305],
    plan: plan(
      [
        [0, write("set", "n2")],
        [10, write("delete", "n0", DURING_RETRY - 10)],
        [11, write("delete", "n1")],
        [12, { kind: "provision", ...place, write: "set", name: "n1" }],
      ],
      {},
      script(FIRST, ANSWER_LOST, THROTTLED),
    ),
  },
  {
    name: "a delete whose first attempt is held up does not delete what is set after it",
    seeds: [],
    plan: plan(
      [
        [0, write("delete", "n0")],
        [0, { kind: "hand-edit", ...place, edit: "remove", names: [] }],
        [1, write("set", "n0")],
        [4_500, { kind: "read", ...place, producer: 0, name: "n0" }],
      ],
      {},
      script({ arrivesAfterMs: 4_000 }),
    ),
  },
  {
    name: "two callers that abort in the same moment are told apart",
    seeds: [700024831],
    plan: plan(
      [
        [704, write("set", "n0", 90)],
        [762, write("delete", "n0", 32)],
        [776, write("delete", "n0")],
      ],
      {},
      script({ arrivesAfterMs: 50, answersAfterMs: 100 }, { arrivesAfterMs: 59 }, { arrivesAfterMs: 75 }),
    ),
  },
];
