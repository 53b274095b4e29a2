import type { Step } from "../plan/plan.ts";
import type { World } from "../world/world.ts";
import { crashFunction, crashMapping, crashProducer, redeliver, siege, splitShards, storm } from "./failures.ts";
import { expire, handEdit, provision, purge, twoCall, wreck } from "./foreign.ts";
import { read, write } from "./library.ts";
import { audit, repair } from "./maintenance.ts";
import type { Operation, OperationKind, OperationOf } from "./operation.ts";
import { sweep } from "./sweep.ts";

const PERFORM: {
  readonly [Kind in OperationKind]: (world: World, operation: OperationOf<Kind>, id: number) => Promise<void>;
} = {
  write,
  read,
  "two-call": twoCall,
  provision,
  "hand-edit": handEdit,
  wreck,
  expire,
  purge,
  sweep,
  repair,
  audit,
  "crash-producer": crashProducer,
  "crash-mapping": crashMapping,
  "crash-function": crashFunction,
  redeliver,
  "split-shards": splitShards,
  storm,
  siege,
};

/** Carries out an operation. Rejects with what its own requests were refused with. */
export function perform(world: World, { operation, id }: Pick<Step, "operation" | "id">): Promise<void> {
  type Perform = (world: World, operation: Operation, id: number) => Promise<void>;
  return (PERFORM[operation.kind] as Perform)(world, operation, id);
}
