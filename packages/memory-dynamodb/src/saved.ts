import type { CreateTableCommandInput, StreamViewType } from "@aws-sdk/client-dynamodb";
import type { Use } from "./client-tokens.ts";
import type { IdentifiedChange, Item } from "./model.ts";
import type { ShardRange } from "./streams/shard.ts";

/** What a table holds besides its items and its stream. */
export interface SavedTable {
  readonly definition: CreateTableCommandInput;
  readonly createdAt: number;
  readonly settings: TableSettings;
}

/** What can be changed about a table by operations of their own. */
export interface TableSettings {
  readonly timeToLiveAttribute?: string | undefined;
  readonly tags: Record<string, string>;
  /** Whether point-in-time recovery is switched on: only remembered. */
  readonly isRecoverable: boolean;
  /** The stream that it had before its stream was switched off. */
  readonly lastStream?: { readonly arn: string; readonly label: string };
}

export interface SavedStream {
  readonly createdAt: number;
  readonly tableName: string;
  readonly keys: Pick<CreateTableCommandInput, "KeySchema" | "AttributeDefinitions">;
  readonly viewType: StreamViewType;
  readonly isDisabled: boolean;
  readonly nextPosition: number;
  readonly nextShard: number;
  readonly shards: readonly SavedShard[];
}

interface SavedShard {
  readonly range: ShardRange;
  readonly closed?: { readonly position: number; readonly at: number } | undefined;
  readonly trimmedUpTo: number;
}

/** A database in parts, none of them large: each says by its first member what it is. */
export type Saved =
  | { readonly tokens: readonly (readonly [string, Use])[]; readonly now: number }
  | { readonly table: SavedTable }
  | { readonly items: readonly Item[]; readonly of: string }
  | { readonly stream: SavedStream }
  | { readonly records: SavedRecords; readonly of: string };

export type SavedRecords = readonly (readonly [position: number, shard: string, change: IdentifiedChange])[];

/** How many items or records are one part. */
const PART_LENGTH = 100;

export function* inParts<T>(all: Iterable<T>): Generator<T[]> {
  let part: T[] = [];
  for (const each of all) {
    if (part.push(each) < PART_LENGTH) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
