import { Invocations, type Maintainer } from "../actors/maintainer.ts";
import { Recorder } from "../actors/recorder.ts";
import { writersOf } from "../actors/writers.ts";
import type { SmallCase, Start } from "../cases/small-case.ts";
import { isDriftOf } from "../storage/drift.ts";
import { Faults } from "../storage/faults.ts";
import { type Listing, RESOURCES } from "../storage/listing.ts";
import { type Snapshot, Storage } from "../storage/storage.ts";
import type { StreamRecord } from "../storage/stream-record.ts";
import { isQuiet, keyOf, type Moment, withoutEnded } from "./moment.ts";
import { type Step, Steps } from "./steps.ts";

/** What must never happen, and did. */
export type Problem =
  /** Nothing happens any more, and a name is wrong. */
  | "drift left"
  /** The library, a maintainer or a repair made a name wrong that was right. */
  | "drift introduced"
  /** A write was acknowledged and has not taken effect exactly once, or was refused and has. */
  | "misreported"
  /** It may continue for ever. */
  | "endless";

/** A case, explored. */
export interface Exploration {
  /** Moments that differ. */
  states: number;
  transitions: number;
  /** Ways from the beginning to the end of everything. Those that end earlier, by crashes, are looked at and not counted. */
  interleavings: bigint;
  /** How often each problem was met. */
  readonly problems: Map<Problem, number>;
}

/** A moment whose steps are being followed. */
interface Frame {
  readonly moment: Moment;
  readonly key: string;
  readonly steps: Step[];
  interleavings: bigint;
}

/** A moment and how it came about, for one that is looked for. */
interface Trail {
  readonly moment: Moment;
  readonly step: Step | undefined;
  readonly before: Trail | undefined;
}

/**
 * Follows everything that can happen in a small case: every order in which the requests of its actors can take effect
 * and records can arrive. Moments that are alike have the same future, so each is examined once, and the ways through
 * them are counted without walking each.
 *
 * A writer that crashes is one that does nothing more. So whenever the stream is quiet nothing may be wrong, however
 * much the writers have still to do.
 *
 * Every read sees the latest state, and a transaction takes effect at one moment: reads that lag and transactions that
 * take their time are for the simulation.
 */
export class Explorer {
  readonly #listing: Listing;
  readonly #storage: Storage;
  readonly #faults: Faults;
  readonly #recorder: Recorder;
  readonly #invocations = new Map<Maintainer, Invocations>();

  /** @param listing what the tables of its cases list. Default: `resources`, without namespaces */
  constructor(listing: Listing = RESOURCES) {
    this.#listing = listing;
    this.#storage = new Storage(listing);
    this.#faults = new Faults(this.#storage);
    this.#recorder = new Recorder(listing);
  }

  async explore(smallCase: SmallCase): Promise<Exploration> {
    const steps = this.#stepsOf(smallCase);
    const exploration: Exploration = { states: 0, transitions: 0, interleavings: 0n, problems: new Map() };
    const { problems } = exploration;
    const note = (problem: Problem): unknown => problems.set(problem, (problems.get(problem) ?? 0) + 1);
    /** Ways on from each moment; `undefined` while they are being counted. */
    const ways = new Map<string, bigint | undefined>();
    const stack: Frame[] = [];
    const enter = (moment: Moment, key: string): void => {
      ways.set(key, undefined);
      problemsAt(moment).forEach(note);
      stack.push({ moment, key, steps: steps.from(moment), interleavings: isOver(moment) ? 1n : 0n });
    };

    const beginning = await this.#beginning(smallCase);
    enter(beginning, keyOf(beginning));
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const step = frame.steps.pop();
      if (step === undefined) {
        stack.pop();
        ways.set(frame.key, frame.interleavings);
        const before = stack.at(-1);
        if (before === undefined) exploration.interleavings = frame.interleavings;
        else before.interleavings += frame.interleavings;
        continue;
      }
      exploration.transitions++;
      if (!isRecorded(step.after)) await this.#record(step.after);
      const moment = withoutEnded(step.after);
      if (this.#introducesDrift(frame.moment, step)) note("drift introduced");
      const key = keyOf(moment);
      const known = ways.get(key);
      if (known !== undefined) frame.interleavings += known;
      else if (ways.has(key)) note("endless");
      else enter(moment, key);
    }
    exploration.states = ways.size;
    return exploration;
  }

  /** The fewest steps that lead to a problem, in words; `undefined` if none do. What continues for ever has no fewest. */
  async shortest(smallCase: SmallCase, problem: Exclude<Problem, "endless">): Promise<string[] | undefined> {
    const steps = this.#stepsOf(smallCase);
    const beginning = await this.#beginning(smallCase);
    const seen = new Set([keyOf(beginning)]);
    const trails: Trail[] = [{ moment: beginning, step: undefined, before: undefined }];
    for (const trail of trails) {
      if (problemsAt(trail.moment).includes(problem)) return historyOf(trail);
      for (const step of steps.from(trail.moment)) {
        if (!isRecorded(step.after)) await this.#record(step.after);
        const next: Trail = { moment: withoutEnded(step.after), step, before: trail };
        if (problem === "drift introduced" && this.#introducesDrift(trail.moment, step)) return historyOf(next);
        const key = keyOf(next.moment);
        if (!seen.has(key)) trails.push(next);
        seen.add(key);
      }
    }
    return undefined;
  }

  #stepsOf(smallCase: SmallCase): Steps {
    const invocations = this.#invocationsOf(smallCase.maintainer);
    return new Steps(smallCase, {
      storage: this.#storage,
      faults: this.#faults,
      recorder: this.#recorder,
      invocations,
      listing: this.#listing,
    });
  }

  #invocationsOf(maintainer: Maintainer): Invocations {
    const known = this.#invocations.get(maintainer) ?? new Invocations(maintainer);
    this.#invocations.set(maintainer, known);
    return known;
  }

  async #record({ writers, invocations }: Moment): Promise<void> {
    for (const actor of [...writers, ...invocations]) {
      if (actor.recording === undefined) await this.#recorder.record(actor);
    }
  }

  async #beginning(smallCase: SmallCase): Promise<Moment> {
    const { start, writers, maintainer, consumers, redeliveries, faults } = smallCase;
    const { table, records } = await this.#found(start);
    const passing = consumers === 0 ? [] : records.filter((record) => this.#invocationsOf(maintainer).passes(record));
    const moment: Moment = {
      table,
      writers: writers.map((writer) => this.#recorder.beginning(writer)),
      invocations: [],
      queue: start.isHandled ? [] : passing.toSorted((a, b) => a.item - b.item),
      delivered: start.isHandled && redeliveries > 0 ? passing.toSorted((a, b) => a.id - b.id) : [],
      redeliveries,
      faults,
    };
    await this.#record(moment);
    return moment;
  }

  /** Whether an actor that must not made a name wrong that was right, in a registry that it keeps. */
  #introducesDrift(before: Moment, { actor, after }: Step): boolean {
    if (actor?.actor.mayIntroduceDrift !== false) return false;
    const { keeps } = actor.actor;
    const made = after.table.drift.difference(before.table.drift);
    return made.values().some((text) => keeps === undefined || isDriftOf(this.#listing, keeps, text));
  }

  /** Makes a table as a case is to find it. */
  async #found({ requests }: Start): Promise<{ table: Snapshot; records: StreamRecord[] }> {
    let table = this.#storage.empty;
    const records: StreamRecord[] = [];
    let founder = this.#recorder.beginning(writersOf(this.#listing).foreign(...requests));
    for (;;) {
      await this.#recorder.record(founder);
      const [request] = founder.requests;
      if (request === undefined) return { table, records };
      const { answer, after, records: written, isCommitted } = this.#storage.execute(table, request, false);
      founder = founder.after({ position: 0, answer, isCommitted, isRemembered: false });
      records.push(...written);
      table = after;
    }
  }
}

function isRecorded({ writers, invocations }: Moment): boolean {
  return writers.every(({ recording }) => recording) && invocations.every(({ recording }) => recording);
}

function isOver(moment: Moment): boolean {
  return isQuiet(moment) && moment.writers.every(({ requests }) => requests.length === 0);
}

function problemsAt(moment: Moment): Problem[] {
  const isMisreported = moment.writers.some(({ recording }) => recording?.problem !== undefined);
  const hasDriftLeft = isQuiet(moment) && moment.table.drift.size > 0;
  return [...(hasDriftLeft ? (["drift left"] as const) : []), ...(isMisreported ? (["misreported"] as const) : [])];
}

function historyOf(trail: Trail): string[] {
  const { before, step, moment } = trail;
  if (before === undefined || step === undefined) return [];
  const drift = [...moment.table.drift];
  return [...historyOf(before), `${step.text()}${drift.length === 0 ? "" : `  [wrong: ${drift.join()}]`}`];
}
