import { beginSeed, workOf } from "../../src/runner/guarded-process.ts";

/** How a process misbehaves in its second seed. */
export interface Misbehaviour {
  readonly kind: "hangs" | "hoards" | "throws";
}

const { kind } = workOf<Misbehaviour>();
beginSeed(41);
beginSeed(42);
const hoard: string[][] = [];
while (kind === "hangs");
while (kind === "hoards") hoard.push(Array.from({ length: 100_000 }, (_, i) => `${hoard.length} ${i}`));
throw new Error("A defect of the simulation");
