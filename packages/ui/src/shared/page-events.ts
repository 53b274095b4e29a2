/** Which registry something is about; no scope is `null`, as JSON has it. */
export interface PageOwner {
  readonly registry: string;
  readonly scope: string | null;
}

/** What one batch of the stream did in one registry. */
export interface BatchRegistry extends PageOwner {
  /** Names that its records made suspect. */
  readonly suspects: number;
  /** Bytes of the registry items that were read to check them. */
  readonly bytesRead: number;
  /** The first names that were added, removed, and right by now, and how many in all. */
  readonly added: NameList;
  readonly removed: NameList;
  readonly dropped: NameList;
  readonly unrepaired: readonly { readonly name: string; readonly reason: string }[];
}

/** The first names of a list, and how many there are. */
export interface NameList {
  readonly first: readonly string[];
  readonly count: number;
}

/** What the page hears of the loop. Times are in milliseconds since 1970. */
export type PageEvent =
  /** The maintainer was invoked with records, or records were discarded. */
  | {
      readonly kind: "batch";
      readonly at: number;
      readonly records: number;
      /** Records of each kind: INSERT, MODIFY, REMOVE. */
      readonly changes: Readonly<Record<string, number>>;
      readonly registries: readonly BatchRegistry[];
      /** Milliseconds that the maintainer took; `null` where the records were discarded. */
      readonly tookMs: number | null;
      /** From the foreign write to the repair, in milliseconds; `null` without a repair. */
      readonly healedMs: number | null;
      /** Whether that is exact: the page made the drift itself. A stream tells the time of a write in whole seconds. */
      readonly isExact: boolean;
      /** Why records failed and what follows, in words; `null` where all are done. */
      readonly failure: string | null;
    }
  /** A registry was broken on purpose. */
  | ({ readonly kind: "drift"; readonly at: number; readonly label: string } & PageOwner)
  /** Something that a developer should know: a problem, or news of stream and code. */
  | { readonly kind: "note"; readonly at: number; readonly tone: "problem" | "news"; readonly message: string }
  /** A comparison that was started from the page. */
  | { readonly kind: "audit"; readonly at: number; readonly audit: AuditState };

/** An event with its number, which grows by one. */
export interface NumberedEvent {
  readonly id: number;
  readonly event: PageEvent;
}

/** What the source of events sends at a time. */
export interface EventFrame {
  /** Which run of the server it is; another one numbers from 1. */
  readonly boot: string;
  /** Events that left the ring before this page was sent them. */
  readonly missed: number;
  readonly events: readonly NumberedEvent[];
}

/** One registry's part of an audit. */
export interface AuditFinding extends PageOwner {
  readonly registered: number;
  readonly members: number;
  readonly missing: readonly string[];
  readonly orphaned: readonly string[];
  readonly malformed: number;
}

/** The audit that runs, or ran last. Times are in milliseconds since 1970. */
export type AuditState =
  | { readonly state: "none" }
  | {
      readonly state: "running";
      readonly startedAt: number;
      readonly phase: string;
      readonly itemsScanned: number;
      readonly readUnits: number;
      readonly wrong: number;
    }
  | {
      readonly state: "done";
      readonly startedAt: number;
      readonly endedAt: number;
      readonly findings: readonly AuditFinding[];
      readonly text: string;
    }
  | { readonly state: "cancelled"; readonly endedAt: number; readonly itemsScanned: number }
  | { readonly state: "failed"; readonly endedAt: number; readonly message: string };
