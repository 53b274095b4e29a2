/*
 * Terminology
 *
 *   member       a name that a registry lists
 *   member item  the item whose existence makes it one
 *   registry     the item (or, in shards, the items) whose string set names every member
 *   definition   which items are listed where
 *   scope        one definition can have many registries, one a tenant; the scope says which
 *   shard        one of the items that hold a large registry together
 *   drift        a difference between a registry and its member items: a name is
 *                  missing   (its item exists, the registry does not list it) or
 *                  orphaned  (the registry lists it, there is no item)
 *
 * In the definition `resources` a member is a resource (`gpt-4`), its item a default (its limits), and its scope a
 * namespace; keys without one are "flat".
 */

/** What every call takes. */
export interface CallOptions {
  /**
   * Ends the call early: it rejects with the signal's reason. A write that was already sent may still be committed, even
   * after a later call for the same member; every write is idempotent, so call it again to be sure.
   */
  signal?: AbortSignal | undefined;
}

/** What every read takes. */
export interface ReadOptions extends CallOptions {
  /** Read the latest committed state, for twice the read units. Default `false`: usually less than a second old. */
  consistentRead?: boolean | undefined;
}

/** How large a registry is and what it costs. In shards, all but `shards` is said of the fullest one. */
export interface RegistryStatus extends RegistryItemStatus {
  /** The size of each shard, in order; one where the registry is one item. */
  shards: { shard: number; names: number; bytes: number }[];
}

/** How large a registry item is and what it costs. Units follow DynamoDB's published rules. */
export interface RegistryItemStatus {
  /** Names registered. */
  names: number;
  /** Entries skipped because they are empty strings, which name no member. */
  malformed: number;
  /** Size of the registry item in bytes; 0 when there is none. */
  bytes: number;
  /** The size at which DynamoDB refuses further names: 409,600 bytes. */
  limitBytes: number;
  /** `bytes / limitBytes`, from 0 to 1. */
  limitShare: number;
  /** True from 300 KB: plan to split the members over scopes or shards. */
  nearLimit: boolean;
  /** Write units of one set or delete that is alone in its transaction, for an item of at most 1 KB. */
  setWriteUnits: number;
  /** Write units that one further name adds to a transaction that several writes share. */
  groupedWriteUnits: number;
  /** Write units of one replacement of an existing item of at most 1 KB, at any size of the registry. */
  updateWriteUnits: number;
  /** Read units of one eventually consistent listing; a strongly consistent one costs twice as much. */
  listReadUnits: number;
}
