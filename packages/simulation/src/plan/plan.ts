import type { NetworkConditions } from "../network/conditions.ts";
import type { LibraryWrite, Operation, OperationKind } from "../operations/operation.ts";
import { Random } from "../timeline/random.ts";

/** What a simulation is set up with. */
export interface Setting {
  readonly regions: 1 | 2;
  readonly namespaces: readonly (string | undefined)[];
  readonly names: readonly string[];
  /** Producers of each Region: processes that use the library. */
  readonly producers: number;
  /** Mappings of each Region on the same stream. DynamoDB serves two readers a shard. */
  readonly maintainers: 1 | 2;
  readonly shards: number;
  readonly pollIntervalMs: number;
  /** Bytes that are left in the registries, where they begin nearly full. */
  readonly freeBytes: number | undefined;
  /** Whether the table was restored: it holds half transactions, and its stream tells nothing of them. */
  readonly isRestored: boolean;
  /** Whether the maintainer is down for longer than the stream keeps its records. */
  readonly hasOutage: boolean;
  readonly network: NetworkConditions;
}

/** An operation and its time, in milliseconds from the beginning. */
export interface Step {
  /** Stays the same when others are left out. */
  readonly id: number;
  readonly at: number;
  readonly operation: Operation;
}

/** A simulation before it begins: nothing in it is left to chance but what the seed decides. */
export interface Plan {
  readonly seed: number;
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

/** How often each kind of operation comes, relative to the others, where a seed has it at all. */
const WEIGHTS: Readonly<Record<OperationKind, number>> = {
  write: 40,
  read: 3,
  "two-call": 15,
  provision: 6,
  "hand-edit": 4,
  wreck: 0.3,
  expire: 2,
  purge: 1,
  sweep: 1,
  repair: 1,
  audit: 1,
  "crash-producer": 2,
  "crash-mapping": 4,
  "crash-function": 2,
  redeliver: 2,
  "split-shards": 1,
  storm: 1,
};

/** The share of seeds that have a kind of operation: defects show where few kinds meet often. */
const PRESENT = 0.5;

/** Makes the plan of a seed: about this many operations. */
export function planFrom(seed: number, operations = 100): Plan {
  const random = new Random(seed, "plan");
  const setting = settingFrom(random);
  const kinds = (Object.keys(WEIGHTS) as OperationKind[]).filter((kind) => kind === "write" || random.chance(PRESENT));
  const pace = random.pick([5, 30, 150]);
  const steps: Step[] = [];
  let at = 0;
  for (let i = 0; i < operations; ) {
    at += random.int(0, 2 * pace);
    const operation = operationOf(pickKind(random, kinds), setting, random);
    steps.push({ id: steps.length + 1, at, operation });
    i += operation.kind === "write" ? operation.writes.length : 1;
  }
  return { seed, setting, steps };
}

/** How many operations a plan has, the writes of one turn counted one by one. */
export function countOperations({ steps }: Pick<Plan, "steps">): number {
  return steps.reduce((sum, { operation }) => sum + (operation.kind === "write" ? operation.writes.length : 1), 0);
}

function settingFrom(random: Random): Setting {
  const isFaulty = random.chance(0.6);
  const share = (most: number): number => (isFaulty && random.chance(0.5) ? random.next() * most : 0);
  const isCrowded = random.chance(0.02);
  return {
    regions: random.chance(0.2) ? 2 : 1,
    namespaces: random.pick([[undefined], ["t1"], [undefined, "t1"], ["t1", "t2"]]),
    names: Array.from({ length: isCrowded ? 6 : random.pick([1, 2, 4, 12]) }, (_, i) => nameOf(i, isCrowded)),
    producers: random.int(1, 3),
    maintainers: random.chance(0.25) ? 2 : 1,
    shards: random.int(1, 3),
    pollIntervalMs: random.pick([250, 1_000]),
    freeBytes: isCrowded ? random.int(0, 200) : undefined,
    isRestored: !isCrowded && random.chance(0.1),
    hasOutage: random.chance(0.05),
    network: {
      latencyMs: random.pick([5, 20, 100]),
      stalled: random.pick([0, 0.02, 0.1]),
      stallMs: random.pick([200, 2_000]),
      lost: share(0.05),
      unanswered: share(0.05),
      throttled: share(0.1),
      transactionMs: random.pick([0, 5, 30]),
      staleWrites: random.pick([0, 1, 10]),
    },
  };
}

function nameOf(index: number, isLong: boolean): string {
  return isLong ? `n${index}`.padEnd(10 * (index + 1), "x") : `n${index}`;
}

function pickKind(random: Random, kinds: readonly OperationKind[]): OperationKind {
  let at = random.next() * kinds.reduce((sum, kind) => sum + WEIGHTS[kind], 0);
  for (const kind of kinds) {
    at -= WEIGHTS[kind];
    if (at < 0) return kind;
  }
  return "write";
}

function operationOf(kind: OperationKind, setting: Setting, random: Random): Operation {
  const region = random.int(0, setting.regions - 1);
  const place = { region, namespace: random.pick(setting.namespaces) };
  const producer = random.int(0, setting.producers - 1);
  const maintainer = random.int(0, setting.maintainers - 1);
  const name = random.pick(setting.names);
  const setOrDelete = random.chance(0.5) ? ("set" as const) : ("delete" as const);
  switch (kind) {
    case "write": {
      const writes = Array.from({ length: random.chance(0.2) ? random.int(2, 12) : 1 }, () => writeOf(setting, random));
      return { kind, region, producer, writes, ...(random.chance(0.05) && { abortAfterMs: random.int(1, 200) }) };
    }
    case "read":
      return { kind, ...place, producer, name };
    case "two-call": {
      const dies = random.chance(0.2) ? { diesAfter: random.int(0, 2) } : {};
      return { kind, ...place, write: setOrDelete, name, pauseMs: random.pick([1, 50, 1_000]), ...dies };
    }
    case "provision":
      return { kind, ...place, write: setOrDelete, name };
    case "hand-edit": {
      const edit = random.pick(["register", "unregister", "replace", "empty", "remove"] as const);
      return { kind, ...place, edit, names: random.some(setting.names) };
    }
    case "wreck":
      return { kind, ...place, forMs: random.int(1, 3_000) };
    case "expire":
      return { kind, ...place, name: random.chance(0.9) ? name : undefined };
    case "purge":
      return { kind, ...place, names: setting.names, pauseMs: random.pick([1, 100]) };
    case "sweep":
      return { kind, region, invocationMs: random.pick([20_000, 60_000]) };
    case "repair":
      return { kind, ...place, ...(random.chance(0.5) && { diesAfterMs: random.int(1, 2_000) }) };
    case "audit":
      return { kind, ...place };
    case "crash-producer":
      return { kind, region, producer };
    case "crash-mapping":
      return { kind, region, maintainer, forMs: random.int(1, 5_000), atWork: random.chance(0.5) };
    case "crash-function":
    case "redeliver":
      return { kind, region, maintainer };
    case "split-shards":
      return { kind, region };
    case "storm":
      return { kind, region, forMs: random.int(100, 10_000) };
  }
}

function writeOf(setting: Setting, random: Random): LibraryWrite {
  return {
    write: random.pick(["set", "set", "delete", "delete", "update"]),
    namespace: random.pick(setting.namespaces),
    name: random.pick(setting.names),
  };
}
