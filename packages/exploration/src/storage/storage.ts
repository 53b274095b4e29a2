import { CreateTableCommand, DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { type Commit, Database, type SdkCommand } from "@rollcall/memory-dynamodb";
import { tableDefinition } from "@rollcall/registry";
import { canonicalText } from "./canonical.ts";
import { driftOf } from "./drift.ts";
import { type Listing, RESOURCES } from "./listing.ts";
import { ExpireCommand, type Request } from "./request.ts";
import { type StreamRecord, StreamRecords } from "./stream-record.ts";

/** The one table of every small case. */
export const TABLE_NAME = "limits";

/** What a request was answered, the same object for the same answer. */
export interface Answer {
  readonly id: number;
  readonly output: object | undefined;
  readonly error: Error | undefined;
}

/** What a request does. */
export interface Effect {
  readonly answer: Answer;
  readonly after: Snapshot;
  /** In the order of the request's actions. */
  readonly records: readonly StreamRecord[];
  /** Whether it took effect, changes or not. */
  readonly isCommitted: boolean;
}

/** A database at some moment, the same object for the same content. Nothing changes it. */
export interface Snapshot {
  readonly id: number;
  readonly database: Database;
  /** Tokens of transactions that are known to it. */
  readonly tokens: readonly string[];
  readonly drift: ReadonlySet<string>;
  readonly effects: Map<number, Effect>;
}

/**
 * Every database there has been, and what every request does to it. A request is carried out once for each content it
 * meets, by a real database; an exploration then only follows what is known.
 */
export class Storage {
  readonly empty: Snapshot;
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #answers = new Map<string, Answer>();
  readonly #records = new StreamRecords();
  readonly #listing: Listing;

  constructor(listing: Listing = RESOURCES) {
    this.#listing = listing;
    const database = new Database({ now: () => 0 });
    const { StreamSpecification: _, ...definition } = tableDefinition(listing.definitions[0]); // records are made of what it announces
    database.execute(new CreateTableCommand({ TableName: TABLE_NAME, ...definition }));
    this.empty = this.#intern(database, []);
  }

  /** @param isRemembered whether the request may be resent: then the database is told its token */
  execute(before: Snapshot, request: Request, isRemembered: boolean): Effect {
    const token = isRemembered ? request.token : undefined;
    const key = 2 * request.id + (token === undefined ? 0 : 1);
    const known = before.effects.get(key);
    if (known !== undefined) return known;
    const effect = this.#carryOut(before, request, token);
    before.effects.set(key, effect);
    return effect;
  }

  answer({ output, error }: { output?: object; error?: Error }): Answer {
    const text = canonicalText({ output, error });
    const known = this.#answers.get(text);
    if (known !== undefined) return known;
    const answer: Answer = { id: this.#answers.size, output, error };
    this.#answers.set(text, answer);
    return answer;
  }

  #carryOut(before: Snapshot, { command }: Request, token: string | undefined): Effect {
    const database = before.database.clone();
    const commits: Commit[] = [];
    database.onCommit = (commit) => commits.push(commit);
    const sent = token === undefined ? command : withToken(command, token);
    const answer = this.answer(answerOf(database, sent));
    if (commits.length === 0) return { answer, after: before, records: [], isCommitted: false };
    const tokens = token === undefined ? before.tokens : [...before.tokens, token].toSorted();
    const records = commits.flatMap(({ changes }) => changes.map((change) => this.#records.intern(change)));
    return { answer, after: this.#intern(database, tokens), records, isCommitted: true };
  }

  #intern(database: Database, tokens: readonly string[]): Snapshot {
    const { items } = database.table(TABLE_NAME);
    const text = canonicalText([tokens, [...items].toSorted(([a], [b]) => (a < b ? -1 : 1))]);
    const known = this.#snapshots.get(text);
    if (known !== undefined) return known;
    const drift = driftOf(items.values(), this.#listing);
    const snapshot: Snapshot = { id: this.#snapshots.size, database, tokens, drift, effects: new Map() };
    this.#snapshots.set(text, snapshot);
    return snapshot;
  }
}

function answerOf(database: Database, command: SdkCommand): { output: object } | { error: Error } {
  try {
    if ((command.constructor as unknown) === ExpireCommand) {
      database.table(TABLE_NAME).expire((command.input as ExpireCommand["input"]).Key);
      return { output: {} };
    }
    return { output: database.execute(command) };
  } catch (error) {
    if (error instanceof DynamoDBServiceException) return { error };
    throw error;
  }
}

function withToken(command: SdkCommand, token: string): SdkCommand {
  return { constructor: command.constructor, input: { ...command.input, ClientRequestToken: token } } as SdkCommand;
}
