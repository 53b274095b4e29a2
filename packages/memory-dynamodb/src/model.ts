import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** An item, or a key. Never changed in place: a write replaces it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** What happened to one item. */
export interface Change {
  readonly key: Item;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** Whether DynamoDB deleted the item because its time was over. */
  readonly byTtl: boolean;
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** A write request that took effect on a table. One on several tables is one commit a table. */
export interface Commit {
  readonly table: string;
  /** Only what is different now: a write of what was there already has none. */
  readonly changes: readonly Change[];
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Whether another Region wrote it. */
  readonly replicated: boolean;
}

/** A command of the SDK: it is known by its constructor. */
export interface Command {
  readonly input: object;
}

/** What the SDK answers to a command. */
export type OutputOf<C extends Command> = C extends {
  resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<{ output: infer Output extends object }>;
}
  ? Output
  : object;

export interface ExecuteOptions {
  /**
   * For eventually consistent reads: answers as of that many commits of the table ago, of those that changed something
   * and 256 at most.
   */
  readonly lag?: number;
}
