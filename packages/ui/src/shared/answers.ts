import type { AuditState, PageOwner } from "./page-events.ts";

/** An attribute as DynamoDB's JSON has it; binary as base64. */
export type JsonAttribute = Readonly<Record<string, unknown>>;

/** `GET /api/table`: what does not change while the server runs. */
export interface TableAnswer {
  readonly tableName: string;
  /** Where it is, in words: an engine and its endpoint, or a Region. */
  readonly place: string;
  /** Whether the loop runs here: batches, drift to make. */
  readonly isLive: boolean;
  readonly isWritable: boolean;
  readonly drifts: readonly DriftButton[];
}

/** A way to break a registry. */
export interface DriftButton {
  readonly id: string;
  readonly label: string;
  /** What happens, in a sentence. */
  readonly title: string;
  /** Why it cannot be made here; `null` where it can. */
  readonly refused: string | null;
}

/** `GET /api/registries` */
export interface RegistriesAnswer {
  readonly registries: readonly RegistryAnswer[];
  readonly lastSweep: SweepAnswer | null;
  readonly audit: AuditState;
}

/** The last sweep of the table that completed. */
export interface SweepAnswer {
  readonly completedAt: number;
  readonly itemsScanned: number;
  readonly missing: number;
  readonly orphaned: number;
  readonly repaired: number;
}

/** One registry, or why it cannot be read. */
export interface RegistryAnswer extends PageOwner {
  /** Whether its definition may, and must, have a scope. */
  readonly scoping: "none" | "optional" | "required";
  readonly status: RegistryStatusAnswer | null;
  readonly error: string | null;
}

/** What a registry holds, and what calls cost. */
export interface RegistryStatusAnswer {
  readonly names: number;
  readonly bytes: number;
  readonly limitBytes: number;
  readonly nearLimit: boolean;
  readonly setWriteUnits: number;
  readonly groupedWriteUnits: number;
  readonly listReadUnits: number;
  readonly shards: readonly { readonly shard: number; readonly names: number; readonly bytes: number }[];
}

/** `GET /api/names` */
export interface NamesAnswer extends PageOwner {
  readonly names: readonly string[];
}

/** `GET /api/member` */
export interface MemberAnswer extends PageOwner {
  readonly name: string;
  readonly key: JsonAttribute;
  readonly item: JsonAttribute | null;
  readonly isListed: boolean;
  readonly shard: number;
}

/** `POST /api/repair` */
export interface RepairAnswer {
  readonly outcome: "repaired" | "dropped" | "leftover" | "unrepairable" | "failed";
  /** What became of it, in a sentence. */
  readonly message: string;
  /** The requests that were sent to repair it, in their order, as JSON. */
  readonly transactions: readonly unknown[];
  readonly member: MemberAnswer;
}

/** Any route, where it refuses or fails. */
export interface ErrorAnswer {
  readonly error: string;
}
