import type { Findings } from "./repair/findings.ts";

/** Which registry an event is about. */
export interface RegistryOwner {
  /** The name of its definition. */
  registry: string;
  /** Its scope; `undefined` where it has none. */
  scope: string | undefined;
}

/** A name, and the registry that is to list it, or not. */
export interface LocatedName extends RegistryOwner {
  name: string;
}

/** Names of one batch that share an outcome: how many, the first few, and why it was so for the first of them. */
export interface NameGroup {
  count: number;
  first: readonly LocatedName[];
  error: unknown;
}

/**
 * What a maintainer tells while it works. Log lines, metrics and `onEvent` all hear these, in this order
 * for every batch: what its records were, what each registry held, what was not repaired, the answer.
 */
export type MaintainerEvent =
  /** Records that DynamoDB does not send, or with an empty name, were passed over. An event that is no list of records is one. */
  | { kind: "records-malformed"; records: number }
  /** Changes of registries cannot be read, for the stream's view type hides an image. */
  | { kind: "records-unreadable"; records: number }
  /** The function was invoked without a context that tells the time left. Told once by every handler. */
  | { kind: "time-unknown" }
  /** So many names of a registry are suspects, and are looked at. */
  | ({ kind: "names-suspected"; names: number } & RegistryOwner)
  /** An item of a registry was read, and has this size. */
  | ({ kind: "registry-read"; bytes: number } & RegistryOwner)
  /** The registry's attribute is no string set, so it lists no name and no name can be added or removed. */
  | ({ kind: "registry-malformed" } & RegistryOwner)
  /** Suspects of a registry that looked wrong were decided. Without drift there is no such event. */
  | ({ kind: "reconciled"; findings: Findings } & RegistryOwner)
  /** Suspects could not be read; the batch's records are retried from the first one concerned. At most once a batch. */
  | { kind: "check-failed"; names: NameGroup }
  /** Drift could not be repaired this time; records are retried as above. At most once a batch. */
  | { kind: "repair-failed"; names: NameGroup }
  /** Drift cannot be repaired until a registry is changed; no record is retried for it. At most once a batch. */
  | { kind: "repair-impossible"; names: NameGroup }
  /** Something threw that never should, and the whole batch is retried. */
  | { kind: "batch-failed"; error: unknown }
  /** The batch is answered, and records of it are retried or not. Nothing is told of it after this. */
  | { kind: "batch-answered"; isRetried: boolean };

/** Hears of events, in their order. What it throws is logged once a batch, and changes nothing. */
export type MaintainerObserver = (event: MaintainerEvent) => void;
