import type { Commit, SdkCommand } from "@rollcall/memory-dynamodb";
import { KeyReader } from "../layout/key-reader.ts";
import type { Layout } from "../layout/layout.ts";
import type { History } from "../timeline/history.ts";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { Calls } from "./calls.ts";
import { commitInWords } from "./commit-in-words.ts";
import { CostRules } from "./cost-rules.ts";
import { ItemWatch } from "./item-watch.ts";
import { type DriftedName, driftInWords, MembershipLedger } from "./membership-ledger.ts";
import { PassRules } from "./pass-rules.ts";
import { SweepRules } from "./sweep-rules.ts";
import type { Complain, Violation } from "./violation.ts";

/** Which process writes, and with what request. */
export interface Writer {
  readonly process: Process;
  readonly command: SdkCommand;
}

/** What has happened so far. */
interface Counts {
  requests: number;
  commits: number;
  /** When anything changed last, in milliseconds since 1970. */
  lastChangeAt: number;
}

/** The rules by which requests and commits are judged. */
interface Rules {
  readonly calls: Calls;
  readonly items: ItemWatch;
  readonly costs: CostRules;
  readonly passes: PassRules;
  readonly sweeps: SweepRules;
}

/**
 * Sees every request and every commit of a simulation, and knows what must never happen: a write of ours that introduces
 * drift; a write that was acknowledged and is not there, was refused and is there, took effect twice or out of turn; a
 * request that costs more than it may; a pass that leaves out a name without a word.
 */
export class Watch {
  readonly history: History;
  readonly violations: Violation[] = [];
  readonly counts: Counts = { requests: 0, commits: 0, lastChangeAt: 0 };
  readonly reader: KeyReader;
  readonly rules: Rules;
  readonly #layout: Layout;
  readonly #ledgers = new Map<string, MembershipLedger>();

  constructor(timeline: Timeline, history: History, layout: Layout) {
    this.history = history;
    this.reader = new KeyReader(layout.definitions);
    this.#layout = layout;
    const complain: Complain = (kind, problem) => this.complain(kind, problem);
    this.rules = {
      calls: new Calls(timeline, this.reader, (problem) => this.complain("lost-write", problem)),
      items: new ItemWatch(this.reader),
      costs: new CostRules(this.reader, (problem) => this.complain("cost", problem)),
      passes: new PassRules(timeline, this.reader, complain),
      sweeps: new SweepRules(complain),
    };
  }

  /** Whether there was any drift at any time: where there was none, an audit must find none. */
  get sawDrift(): boolean {
    return this.#ledgers.values().some(({ episodes }) => episodes > 0);
  }

  complain(kind: Violation["kind"], problem: string): void {
    this.violations.push({ kind, problem });
    this.history.add(() => `!! ${problem}`);
  }

  /** The tables have their first items: history begins. */
  begin(itemCount: number): void {
    for (const ledger of this.#ledgers.values()) ledger.restart();
    this.history.begin();
    const wrong = [...this.#ledgers.values()].map(({ episodes }) => episodes);
    this.history.add(() => `Each table begins with ${itemCount} items, and with ${wrong[0] ?? 0} wrong names`);
  }

  /** The stream alone cannot repair everything any more. */
  needsSweep(reason: string): void {
    if (!this.rules.sweeps.reasons.has(reason)) this.history.add(() => `A sweep is needed: ${reason}`);
    this.rules.sweeps.reasons.add(reason);
  }

  /** What is known of a Region's table. */
  ledger(region: string): MembershipLedger {
    const known = this.#ledgers.get(region) ?? new MembershipLedger(this.reader);
    this.#ledgers.set(region, known);
    return known;
  }

  /** A process asks its client for something, in however many attempts. */
  asked(process: Process, command: SdkCommand): void {
    this.rules.costs.asked(process, command);
    this.rules.passes.asked(process, command);
    if (process.role === "library") this.rules.calls.sent(process, command);
  }

  /** A process's client sends a request, for the first time or once more. */
  sent(process: Process, command: SdkCommand, isAgain: boolean): void {
    this.counts.requests++;
    if (isAgain && process.role === "library") this.rules.calls.repeated(command);
  }

  /** A write took effect. Without a writer it was DynamoDB itself: an expiry, or another Region's write. */
  committed(region: string, commit: Commit, writer: Writer | undefined, at: number): void {
    this.counts.commits++;
    if (commit.changes.length > 0) this.counts.lastChangeAt = at;
    const drift = this.ledger(region).record(commit, at);
    this.rules.items.committed(region, commit);
    this.history.add(() => `${region}: ${commitInWords(commit, writer?.process.name, drift)}`);
    if (writer === undefined || commit.replicated) return; // a replicated write may have waited for a transaction to end
    const { process, command } = writer;
    if (process.role === "foreign") return;
    const made = drift.made.filter((name) => this.#isKept(process, name));
    if (made.length > 0) {
      this.complain("made-drift", `${process.name} introduced drift of ${made.map(driftInWords).join(", ")}`);
    }
    if (process.role === "library") {
      this.rules.calls.committed(command, commit);
    } else if (commit.changes.some(({ key }) => this.reader.members(key).length > 0)) {
      this.complain("made-drift", `${process.name} changed a member's item, and may change registries only`);
    }
    this.rules.costs.committed(process, command, commit);
  }

  /** Whether a process is to keep a registry true. Producers leave a second one of the same items to the maintainer. */
  #isKept({ role }: Process, { place }: DriftedName): boolean {
    const { definitions, kept } = this.#layout;
    return role !== "library" || kept !== "first" || place.definition === definitions[0];
  }
}
