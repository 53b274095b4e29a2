/** Whose something is, as the maintainer says it. */
interface Owner {
  readonly registry: string;
  readonly scope: string | undefined;
}

/** What the page hears of a loop that runs in the same process, in the loop's own words. */
export type LoopEvent =
  /** The maintainer is invoked. */
  | {
      readonly event: "received" /** When its oldest record was written, in milliseconds since 1970. */;
      readonly oldestAt: number | undefined;
    }
  /** Names are looked at. */
  | ({ readonly event: "suspected"; readonly names: number } & Owner)
  /** An item of a registry was read. */
  | ({ readonly event: "registry-read"; readonly bytes: number } & Owner)
  /** Suspects of a registry were decided. */
  | ({
      readonly event: "repair";
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly dropped: readonly string[];
      readonly unrepaired: readonly { readonly name: string; readonly reason: string }[];
    } & Owner)
  /** The maintainer has answered, or records were discarded. */
  | {
      readonly event: "batch";
      readonly records: number;
      readonly events: Readonly<Record<string, number>>;
      readonly outcome:
        | { readonly kind: "succeeded"; readonly durationMs: number; readonly warning?: string }
        | {
            readonly kind: "failed";
            readonly durationMs: number;
            readonly done: number;
            readonly error: string;
            readonly next: Next;
          }
        | { readonly kind: "discarded"; readonly condition: string; readonly invocations: number };
    }
  /** A registry was broken, not by the page. */
  | ({ readonly event: "drift"; readonly drift: string } & Owner)
  | { readonly event: "reload" }
  | { readonly event: "stream"; readonly message: string }
  | { readonly event: "problem"; readonly message: string };

type Next = { readonly kind: "retry" | "split"; readonly delayMs: number } | { readonly kind: "discard" | "abandon" };
