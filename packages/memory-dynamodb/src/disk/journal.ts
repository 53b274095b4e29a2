import type { Database, ExpiredItem } from "../database.ts";
import type { Saved } from "../saved.ts";
import type { MovableClock } from "../server/clock.ts";
import { ForeignLogError, LogFile, readLog } from "./log-file.ts";

/** The first entry of every log. */
const FORMAT = { format: "rollcall-memory-dynamodb", version: 1 } as const;

/** A request that was carried out, and when. */
interface DoneEntry {
  readonly at: number;
  readonly operation: string;
  readonly input: object;
}

/** What is done to a database besides requests. */
const SPLIT_SHARD = "(split shard)";
const EXPIRE = "(expire)";

/** Requests that change nothing are not kept. */
const CHANGES: ReadonlySet<string> = new Set([
  "BatchWriteItem",
  "CreateTable",
  "DeleteItem",
  "DeleteTable",
  "PutItem",
  "TagResource",
  "TransactWriteItems",
  "UntagResource",
  "UpdateContinuousBackups",
  "UpdateItem",
  "UpdateTable",
  "UpdateTimeToLive",
]);

/**
 * Keeps a database in a file. What a database does depends on nothing but its requests and the time, so the requests are
 * kept, after what the database held when the log was begun. Each start reads the log and begins a new one.
 */
export class Journal implements AsyncDisposable {
  readonly #log: LogFile;

  private constructor(log: LogFile) {
    this.#log = log;
  }

  /**
   * Fills an empty database from a file, if there is one.
   *
   * @param clock the database's: what is read is done at the time at which it was done first, and no time is earlier
   * @param warn is told in one line of what was dropped
   */
  static async open(
    file: string,
    database: Database,
    clock: MovableClock,
    warn: (line: string) => void,
  ): Promise<Journal> {
    const { entries, tornBytes } = readLog(file);
    if (tornBytes > 0)
      warn(`${file}: dropped ${tornBytes} bytes of a last write that was cut short; it was not acknowledged.`);
    const [format, ...rest] = entries;
    if (format !== undefined && JSON.stringify(format) !== JSON.stringify(FORMAT)) {
      throw new ForeignLogError(file, `it begins with ${JSON.stringify(format).slice(0, 100)}`);
    }
    for (const entry of rest as (Saved | DoneEntry)[]) {
      if (!("operation" in entry)) database.restore(entry);
      else clock.holdAt(entry.at, () => repeat(database, entry));
      if ("at" in entry) clock.startFrom(entry.at);
      else if ("tokens" in entry) clock.startFrom(entry.now);
    }
    database.expire([]); // records that have left the streams are not kept on
    return new Journal(await LogFile.create(file, compacted(database)));
  }

  /** Notes a request that was carried out. What a batch left undone is not done when it is read either. */
  note(at: number, operation: string, input: object, output: object): void {
    if (!CHANGES.has(operation)) return;
    const { UnprocessedItems = {} } = output as { UnprocessedItems?: Batch };
    const isWhole = Object.keys(UnprocessedItems).length === 0;
    const done = isWhole ? input : without(input as { RequestItems?: Batch }, UnprocessedItems);
    if (done !== undefined) this.#log.append({ at, operation, input: done });
  }

  noteSplit(at: number, table: string): void {
    this.#log.append({ at, operation: SPLIT_SHARD, input: { table } });
  }

  noteExpired(at: number, expired: readonly ExpiredItem[]): void {
    if (expired.length > 0) this.#log.append({ at, operation: EXPIRE, input: { expired } });
  }

  /** Resolves when all that was noted is on the disk; rejects when it cannot be. */
  flushed(): Promise<void> {
    return this.#log.flushed();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#log[Symbol.asyncDispose]();
  }
}

type Batch = Record<string, readonly unknown[]>;

/** What a batch did, if anything. */
function without({ RequestItems = {} }: { RequestItems?: Batch }, unprocessed: Batch): object | undefined {
  const done = Object.entries(RequestItems).flatMap(([table, requests]) => {
    const processed = requests.filter((request) => !unprocessed[table]?.includes(request));
    return processed.length === 0 ? [] : [[table, processed] as const];
  });
  return done.length === 0 ? undefined : { RequestItems: Object.fromEntries(done) };
}

function repeat(database: Database, { operation, input }: DoneEntry): void {
  if (operation === SPLIT_SHARD) database.splitShard((input as { table: string }).table);
  else if (operation === EXPIRE) database.expire((input as { expired: ExpiredItem[] }).expired);
  else database.run(operation, input);
}

function* compacted(database: Database): Generator<object> {
  yield FORMAT;
  yield* database.saved();
}
