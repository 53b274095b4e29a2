import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** The attributes of an item, by name. Never changed in place: a write replaces the whole item. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** The key attributes of an item, and no others. */
export type Key = Item;

/** What a write did to one item. */
export interface ItemChange {
  readonly key: Key;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** Whether time to live deleted the item. */
  readonly byTtl: boolean;
  /** When the write took effect, in milliseconds since 1970. */
  readonly at: number;
}

/** A change with the string by which its table knows the item. */
export interface IdentifiedChange extends ItemChange {
  readonly id: string;
}

/** A write request that took effect on a table. A request that writes two tables is one commit a table. */
export interface Commit {
  readonly table: string;
  /** Only items that differ now: a write of what was there already has no change. */
  readonly changes: readonly ItemChange[];
  readonly writeUnits: number;
  /** Whether another Region wrote it. */
  readonly replicated: boolean;
}

/** A command of the SDK. The database knows it by its constructor, as the SDK's client does. */
export interface SdkCommand {
  readonly input: object;
}

/** What the SDK answers to a command. */
export type OutputOf<C extends SdkCommand> = C extends {
  resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<{ output: infer Output extends object }>;
}
  ? Output
  : object;

export interface ExecuteOptions {
  /**
   * For eventually consistent reads: answers as of that many commits of the table ago, counting those that changed
   * something, 256 at most. Default: 0, the latest state.
   */
  readonly lag?: number;
}
