import type { Commit, SdkCommand } from "@rollcall/memory-dynamodb";
import type { History } from "../timeline/history.ts";
import type { Process } from "../timeline/process.ts";
import { Calls } from "./calls.ts";
import { CostRules } from "./cost-rules.ts";
import { defaultOf, MembershipLedger } from "./membership-ledger.ts";

/** A promise that was not kept. */
export interface Violation {
  /** Which promise: violations of one kind are the same defect for all that a search knows. */
  readonly kind: "made-drift" | "left-drift" | "lost-write" | "unexplained-error" | "cost" | "false-alarm" | "stuck";
  readonly problem: string;
}

/** Who is writing, and with what request. */
export interface Writer {
  readonly process: Process;
  readonly command: SdkCommand;
}

/**
 * Sees every request and every commit of a simulation, and knows what must never happen:
 * a write of ours that makes drift; a write that was acknowledged and is not there, was refused and is there, took effect
 * twice or out of turn; a request that costs more than it may.
 */
export class Watch {
  readonly violations: Violation[] = [];
  readonly calls = new Calls((problem) => this.complain("lost-write", problem));
  /** When anything changed last, in milliseconds since 1970. */
  lastChangeAt = 0;
  commits = 0;
  requests = 0;
  /** Whether there was any drift at any time: where there was none, an audit must find none. */
  sawDrift = false;
  readonly #tables = new Map<string, MembershipLedger>();
  readonly costs = new CostRules((problem) => this.complain("cost", problem));
  readonly #history: History;

  constructor(history: History) {
    this.#history = history;
  }

  complain(kind: Violation["kind"], problem: string): void {
    this.violations.push({ kind, problem });
    this.#history.add(() => `!! ${problem}`);
  }

  table(region: string, tableName: string): MembershipLedger {
    const key = `${region} ${tableName}`;
    const known = this.#tables.get(key) ?? new MembershipLedger();
    this.#tables.set(key, known);
    return known;
  }

  /** A process asks its client for something, in however many tries. */
  asked(process: Process, command: SdkCommand): void {
    this.costs.asked(process, command);
    if (process.role === "library") this.calls.sent(process, command);
  }

  /** A process's client sends a request, for the first time or again. */
  sent(process: Process, command: SdkCommand, isAgain: boolean): void {
    this.requests++;
    if (isAgain && process.role === "library") this.calls.repeated(command);
  }

  /** A write took effect. Without a writer it was DynamoDB itself: an expiry, or another Region's write. */
  committed(region: string, commit: Commit, writer: Writer | undefined, at: number): void {
    this.commits++;
    if (commit.changes.length > 0) this.lastChangeAt = at;
    const ledger = this.table(region, commit.table);
    const { made, healed } = ledger.record(commit);
    if (made.length > 0) this.sawDrift = true;
    this.#history.add(() => `${region}: ${describeCommit(commit, writer, made, healed)}`);
    if (writer === undefined || commit.replicated) return; // a replicated write may have waited for a transaction to end
    const { process, command } = writer;
    if (process.role === "foreign") return;
    if (made.length > 0) this.complain("made-drift", `${process.name} made drift of ${made.join(", ")}`);
    if (process.role === "library") {
      this.calls.committed(command);
    } else if (commit.changes.some(({ key }) => defaultOf(key) !== undefined)) {
      this.complain("made-drift", `${process.name} changed a default, and is there for registries`);
    }
    this.costs.committed(process, command, commit);
  }
}

function describeCommit(
  { changes, replicated }: Commit,
  writer: Writer | undefined,
  made: string[],
  healed: string[],
): string {
  const who = replicated ? "replication" : (writer?.process.name ?? "DynamoDB");
  const what = changes.map(({ key, before, after, byTtl }) => {
    const verb = after === undefined ? (byTtl ? "expires" : "deletes") : before === undefined ? "creates" : "changes";
    const set = after?.resources?.SS;
    return `${verb} ${key.PK?.S}${set === undefined ? "" : ` {${[...set].sort().join(" ")}}`}`;
  });
  const drift = [...made.map((name) => `${name} is wrong`), ...healed.map((name) => `${name} is right`)];
  const then = drift.length === 0 ? "" : `; ${drift.join(", ")}`;
  return `${who} ${what.join(", ") || "changes nothing"}${then}`;
}
