import type { WriteKind } from "../promises/calls.ts";

/** Where an operation takes place. */
export interface Place {
  /** Which Region. */
  readonly region: number;
  /** Which of the layout's definitions. */
  readonly registry: number;
  readonly scope: string | undefined;
}

/** One write that a producer asks of the library. */
export interface LibraryWrite {
  readonly write: WriteKind;
  /** Which of the definitions that producers write. */
  readonly registry: number;
  readonly scope: string | undefined;
  readonly name: string;
  /** Whether the item is nearly as large as an item may be. */
  readonly isLarge?: true;
}

/** What is done to a table, as plain data: a plan is a list of these. */
export type Operation =
  /** A producer calls the library: once, or many times in one turn, which the library may join. */
  | {
      readonly kind: "write";
      readonly region: number;
      readonly producer: number;
      readonly writes: readonly LibraryWrite[];
      /** Milliseconds after which the caller aborts. */
      readonly abortAfterMs?: number;
    }
  | ({ readonly kind: "read"; readonly producer: number; readonly name: string } & Place)
  /** A writer's own set or delete, as the limiter's is: item, registry, audit, one after the other; it may die in between. */
  | ({
      readonly kind: "two-call";
      readonly write: "set" | "delete";
      readonly name: string;
      readonly pauseMs: number;
      /** Requests after which it dies. */
      readonly diesAfter?: number;
    } & Place)
  /** A provisioner, which knows no registry. */
  | ({ readonly kind: "provision"; readonly write: "set" | "delete"; readonly name: string } & Place)
  /** A registry is edited by hand. */
  | ({
      readonly kind: "hand-edit";
      readonly edit: "register" | "unregister" | "replace" | "empty" | "remove";
      readonly names: readonly string[];
    } & Place)
  /** A registry's set becomes something else for a while. */
  | ({ readonly kind: "wreck"; readonly forMs: number } & Place)
  /** Time to live takes a member's item, or a registry. */
  | ({ readonly kind: "expire"; readonly name: string | undefined } & Place)
  /** A scope is purged: the members' items first, then the registry, one by one. */
  | ({ readonly kind: "purge"; readonly names: readonly string[]; readonly pauseMs: number } & Place)
  /** A scheduled sweep, in invocations of so many milliseconds. */
  | { readonly kind: "sweep"; readonly region: number; readonly invocationMs: number }
  /** An operator's `registry repair` of one scope, in all its registries; it may die, and is then resumed from what it saved. */
  | ({ readonly kind: "repair"; readonly diesAfterMs?: number } & Place)
  | ({ readonly kind: "audit" } & Place)
  | { readonly kind: "crash-producer"; readonly region: number; readonly producer: number }
  /** The mapping dies and is started again: immediately and alone, or with its function as soon as that has work. */
  | {
      readonly kind: "crash-mapping";
      readonly region: number;
      readonly maintainer: number;
      readonly forMs: number;
      readonly atWork: boolean;
    }
  | { readonly kind: "crash-function"; readonly region: number; readonly maintainer: number }
  | { readonly kind: "redeliver"; readonly region: number; readonly maintainer: number }
  | { readonly kind: "split-shards"; readonly region: number }
  /** A bad minute: the network is at its worst. */
  | { readonly kind: "storm"; readonly region: number; readonly forMs: number }
  /** Other transactions keep one registry busy, after they have listed a name in it. */
  | ({ readonly kind: "siege"; readonly name: string; readonly forMs: number } & Place);

export type OperationKind = Operation["kind"];
export type OperationOf<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;
