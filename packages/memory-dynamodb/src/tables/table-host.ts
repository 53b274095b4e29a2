import type { Commit } from "../model.ts";

/** What a table and its stream need of their database. */
export interface TableHost {
  readonly region: string;
  /** How many shards a stream has at first. */
  readonly shards: number;
  /** The time, in milliseconds since 1970. */
  now(): number;
  announce(commit: Commit): void;
}
