import type { FateScript } from "../network/fate.ts";
import type { Operation, OperationKind } from "../operations/operation.ts";
import { Random } from "../timeline/random.ts";
import { drawOperation, WEIGHTS, weightOf } from "./operations.ts";
import { drawSetting, type Setting } from "./setting.ts";

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
  /** What befalls requests, where that was written down. Default: the seed decides. */
  readonly fates?: FateScript;
}

/** The share of seeds that have a kind of operation: defects show where few kinds meet often. */
const PRESENT = 0.5;

/** The share of its operations that a seed has whose items are large. */
const BULKY_SHARE = 0.4;

/** Makes the plan of a seed: about this many operations, fewer where its items are large. */
export function planFrom(seed: number, operations = 100): Plan {
  const random = new Random(seed, "plan");
  const setting = drawSetting(random);
  const isPresent = (kind: OperationKind): boolean =>
    kind === "write" ||
    random.chance(PRESENT) ||
    (kind === "repair" && (setting.backlog !== undefined || setting.hasSieges));
  const kinds = (Object.keys(WEIGHTS) as OperationKind[]).filter((kind) => WEIGHTS[kind] > 0 && isPresent(kind));
  const pace = random.pick([5, 30, 150]);
  const steps: Step[] = [];
  let at = 0;
  if (setting.hasSieges) steps.push({ id: 1, at, operation: drawOperation("siege", setting, random) });
  const count = setting.isBulky ? operations * BULKY_SHARE : operations;
  for (let i = 0; i < count; ) {
    at += random.int(0, 2 * pace);
    const operation = drawOperation(drawKind(random, kinds, setting), setting, random);
    steps.push({ id: steps.length + 1, at, operation });
    i += operation.kind === "write" ? operation.writes.length : 1;
  }
  return { seed, setting, steps };
}

/** How many operations a plan has, the writes of one turn counted one by one. */
export function countOperations({ steps }: Pick<Plan, "steps">): number {
  return steps.reduce((sum, { operation }) => sum + (operation.kind === "write" ? operation.writes.length : 1), 0);
}

function drawKind(random: Random, kinds: readonly OperationKind[], setting: Setting): OperationKind {
  let left = random.next() * kinds.reduce((sum, kind) => sum + weightOf(kind, setting), 0);
  for (const kind of kinds) {
    left -= weightOf(kind, setting);
    if (left < 0) return kind;
  }
  return "write";
}
