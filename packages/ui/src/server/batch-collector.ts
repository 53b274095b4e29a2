import type { BatchRegistry, NameList, PageEvent, PageOwner } from "../shared/page-events.ts";
import type { LoopEvent } from "./loop-event.ts";

/** Names of one list that the page is sent. */
const MAX_NAMES = 20;
/** Milliseconds after which a registry that was broken from the page is no longer what a repair is of. */
const BREAK_MS = 60_000;

/** What is known of a batch that is in flight. */
interface Draft {
  receivedOldestAt: number | undefined;
  healedMs: number | null;
  isExact: boolean;
  readonly registries: Map<string, BatchRegistry>;
}

type Telling<Kind extends LoopEvent["event"]> = Extract<LoopEvent, { event: Kind }>;

/** Puts together what the loop tells of one batch in several events: the report of the batch is the last of them. */
export class BatchCollector {
  #draft = emptyDraft();
  /** When each registry was broken from the page, to say exactly how long its repair took. */
  readonly #broken = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a registry is being broken. */
  broke(owner: PageOwner): void {
    this.#broken.set(idOf(owner), this.#now());
  }

  received({ oldestAt }: Telling<"received">): void {
    this.#draft.receivedOldestAt = oldestAt;
  }

  suspected({ names, ...owner }: Telling<"suspected">): void {
    this.#add(owner, (registry) => ({ ...registry, suspects: registry.suspects + names }));
  }

  read({ bytes, ...owner }: Telling<"registry-read">): void {
    this.#add(owner, (registry) => ({ ...registry, bytesRead: registry.bytesRead + bytes }));
  }

  repaired({ added, removed, dropped, unrepaired, ...owner }: Telling<"repair">): void {
    const { registry, scope = null } = owner;
    this.#add(owner, (known) => ({
      ...known,
      added: united(known.added, added),
      removed: united(known.removed, removed),
      dropped: united(known.dropped, dropped),
      unrepaired: [...known.unrepaired, ...unrepaired.map(({ name, reason }) => ({ name, reason }))].slice(
        0,
        MAX_NAMES,
      ),
    }));
    if (added.length + removed.length > 0) this.#noteHealing(idOf({ registry, scope }));
  }

  /** The batch, with all that was told of it. */
  complete({ records, events, outcome }: Telling<"batch">): PageEvent {
    const { registries, healedMs, isExact } = this.#draft;
    this.#draft = emptyDraft();
    return {
      kind: "batch",
      at: this.#now(),
      records,
      changes: events,
      registries: [...registries.values()],
      tookMs: outcome.kind === "discarded" ? null : Math.round(outcome.durationMs),
      healedMs,
      isExact,
      failure: describeFailure(outcome, records),
    };
  }

  #noteHealing(id: string): void {
    const now = this.#now();
    const brokenAt = this.#broken.get(id);
    this.#broken.delete(id);
    this.#draft.isExact = brokenAt !== undefined && now - brokenAt < BREAK_MS;
    const writtenAt = this.#draft.isExact ? brokenAt : this.#draft.receivedOldestAt;
    this.#draft.healedMs = writtenAt === undefined ? null : Math.max(0, Math.round(now - writtenAt));
  }

  #add(
    { registry, scope = null }: { registry: string; scope?: string | undefined | null },
    change: (known: BatchRegistry) => BatchRegistry,
  ): void {
    const id = idOf({ registry, scope });
    this.#draft.registries.set(id, change(this.#draft.registries.get(id) ?? emptyRegistry({ registry, scope })));
  }
}

/** What failed and what follows; `null` where all is done. */
function describeFailure(outcome: Telling<"batch">["outcome"], records: number): string | null {
  switch (outcome.kind) {
    case "succeeded":
      return outcome.warning ?? null;
    case "discarded":
      return `discarded after ${outcome.invocations} invocations: ${outcome.condition}`;
    case "failed": {
      const { next, done, error } = outcome;
      const follows = {
        retry: (ms: number) => `retried in ${ms} ms`,
        split: (ms: number) => `split in two and retried in ${ms} ms`,
        discard: () => "discarded",
        abandon: () => "left for the next start",
      }[next.kind]("delayMs" in next ? next.delayMs : 0);
      return `${done > 0 ? `${done} of ${records} done, the others` : "failed and"} ${follows}: ${error}`;
    }
  }
}

function united({ first, count }: NameList, names: readonly string[]): NameList {
  return { first: [...first, ...names].slice(0, MAX_NAMES), count: count + names.length };
}

function emptyDraft(): Draft {
  return { receivedOldestAt: undefined, healedMs: null, isExact: false, registries: new Map() };
}

function emptyRegistry(owner: PageOwner): BatchRegistry {
  const none: NameList = { first: [], count: 0 };
  return { ...owner, suspects: 0, bytesRead: 0, added: none, removed: none, dropped: none, unrepaired: [] };
}

function idOf({ registry, scope }: PageOwner): string {
  return JSON.stringify([registry, scope]);
}
