import type { RegistryOwner } from "@rollcall/maintainer";

/** What the page hears of a loop that runs in the same process, in the loop's own words. */
export type LoopEvent =
  /** The maintainer is invoked with records, of which the oldest was written then, in milliseconds since 1970. */
  | { readonly event: "received"; readonly oldestAt: number | undefined }
  /** Names are looked at. */
  | ({ readonly event: "suspected"; readonly names: number } & RegistryOwner)
  /** An item of a registry was read. */
  | ({ readonly event: "registry-read"; readonly bytes: number } & RegistryOwner)
  /** Suspects of a registry were decided. */
  | ({
      readonly event: "repair";
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly dropped: readonly string[];
      readonly unrepaired: readonly { readonly name: string; readonly reason: string }[];
    } & RegistryOwner)
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
  | ({ readonly event: "drift"; readonly drift: string } & RegistryOwner)
  | { readonly event: "reload" }
  | { readonly event: "stream"; readonly message: string }
  | { readonly event: "problem"; readonly message: string };

type Next = { readonly kind: "retry" | "split"; readonly delayMs: number } | { readonly kind: "discard" | "abandon" };
