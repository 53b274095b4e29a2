import { audit, type PassReport, type RegistryReport } from "@rollcall/maintainer";
import { RequestError } from "../server/errors.ts";
import type { AuditFinding, AuditState } from "../shared/page-events.ts";
import type { TablePlace } from "./table-place.ts";

/** Names of one kind that the page is told of one registry. */
const MAX_NAMES = 10_000;
/** Milliseconds between two tellings of progress. */
const PROGRESS_MS = 250;

/** What audits are run with. */
export interface AuditSetup {
  readonly tell: (state: AuditState) => void;
  readonly explain: (error: unknown) => string;
  /** The report as the command line prints it. */
  readonly reportLines: (report: PassReport) => readonly string[];
}

/** Audits that the page starts: one at a time, of all registries in one Scan. */
export class Audits implements AsyncDisposable {
  readonly #place: TablePlace;
  readonly #setup: AuditSetup;
  #state: AuditState = { state: "none" };
  #running: { readonly cancel: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(place: TablePlace, setup: AuditSetup) {
    this.#place = place;
    this.#setup = setup;
  }

  get state(): AuditState {
    return this.#state;
  }

  /** @throws RequestError where one runs already */
  start(): AuditState {
    if (this.#running !== undefined) throw new RequestError(409, "An audit is running: wait for it, or cancel it.");
    const cancel = new AbortController();
    this.#running = { cancel, ended: this.#run(cancel.signal) };
    return this.#state;
  }

  /** Ends the one that runs, if one does. */
  async cancel(): Promise<AuditState> {
    this.#running?.cancel.abort(new Error("The audit was cancelled."));
    await this.#running?.ended;
    return this.#state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  /** Never rejects. */
  async #run(signal: AbortSignal): Promise<void> {
    const startedAt = Date.now();
    let toldAt = 0;
    let itemsScanned = 0;
    this.#set({ state: "running", startedAt, phase: "scan", itemsScanned, readUnits: 0, wrong: 0 });
    const { client, tableName, registries } = this.#place;
    try {
      const report = await audit({
        client,
        tableName,
        registries: registries.listed.map(({ definition }) => definition),
        allScopes: true,
        signal,
        onProgress: ({ phase, itemsScanned: items, scanReadUnits: readUnits, wrong }) => {
          itemsScanned = items;
          if (Date.now() - toldAt < PROGRESS_MS) return;
          toldAt = Date.now();
          this.#set({ state: "running", startedAt, phase, itemsScanned, readUnits, wrong });
        },
      });
      const text = this.#setup.reportLines(report).join("\n");
      this.#end({ state: "done", startedAt, endedAt: Date.now(), findings: report.map(findingOf), text });
    } catch (error) {
      const endedAt = Date.now();
      if (signal.aborted) this.#end({ state: "cancelled", endedAt, itemsScanned });
      else this.#end({ state: "failed", endedAt, message: this.#setup.explain(error) });
    }
  }

  #end(state: AuditState): void {
    this.#running = undefined;
    this.#set(state);
  }

  #set(state: AuditState): void {
    this.#state = state;
    this.#setup.tell(state);
  }
}

function findingOf({
  registry,
  scope,
  registered,
  defaults,
  missing,
  orphaned,
  malformed,
}: RegistryReport): AuditFinding {
  const [some, others] = [missing.slice(0, MAX_NAMES), orphaned.slice(0, MAX_NAMES)];
  return { registry, scope, registered, members: defaults, missing: some, orphaned: others, malformed };
}
