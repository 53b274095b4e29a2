/*
 * Terminology
 *
 *   resource   a name such as `gpt-4` or `openai/gpt-4o`
 *   default    the item that holds a resource's limits
 *   registry   the item whose string set `resources` names every resource that has a default
 *   namespace  a tenant's own defaults and registry, told apart by a key prefix; without one, the keys are "flat"
 *   drift      a difference between the registry and the defaults: a name is
 *                missing   (its default exists, the registry does not list it) or
 *                orphaned  (the registry lists it, there is no default)
 *   member     a name in a registry's set, seen by the protocol that neither knows nor cares what it names
 */

/** What every call takes. */
export interface CallOptions {
  /**
   * Ends the call early: it rejects with the signal's reason. A write that was already sent may still be committed, even
   * after a later call for the same resource; every write is idempotent, so call it again to be sure.
   */
  signal?: AbortSignal | undefined;
}

/** What every read takes. */
export interface ReadOptions extends CallOptions {
  /** Read the latest committed state, for twice the read units. Default `false`: usually less than a second old. */
  consistentRead?: boolean | undefined;
}

/** How large a registry is and what it costs. Units follow DynamoDB's published rules. */
export interface RegistryStatus {
  /** Names registered. */
  names: number;
  /** Entries skipped because they are empty strings, which no default can have as a name. */
  malformed: number;
  /** Size of the registry item in bytes; 0 when there is none. */
  bytes: number;
  /** The size at which DynamoDB refuses further names: 409,600 bytes. */
  limitBytes: number;
  /** `bytes / limitBytes`, from 0 to 1. */
  limitShare: number;
  /** True from 300 KB: plan to split the table's resources over namespaces. */
  nearLimit: boolean;
  /** Write units of one set or delete that is alone in its transaction, for a default of at most 1 KB. */
  setWriteUnits: number;
  /** Write units that one further name adds to a transaction that several writes share. */
  groupedWriteUnits: number;
  /** Write units of one update of an existing default of at most 1 KB, whatever the registry's size. */
  updateWriteUnits: number;
  /** Read units of one eventually consistent listing; a strongly consistent one costs twice as much. */
  listReadUnits: number;
}
