import type { BatchReport } from "@rollcall/local";
import type { RegistryOwner } from "@rollcall/maintainer";

/** A name that is wrong in a registry and stays so for now. */
interface UnrepairedName {
  name: string;
  /** Why, in words. */
  reason: string;
}

/** What the page shows besides: too much for lines. */
export type DevDetail =
  /** The maintainer is invoked with records, of which the oldest was written then, in milliseconds since 1970. */
  | { event: "received"; oldestAt: number | undefined }
  /** So many names of a registry are looked at. */
  | ({ event: "suspected"; names: number } & RegistryOwner)
  /** An item of a registry was read. */
  | ({ event: "registry-read"; bytes: number } & RegistryOwner);

/** Hears of the local loop. */
export type Tell = (event: DevEvent | DevDetail) => void;

/** What happens in the local loop: one JSON object a line with `--json`, lines for people without. */
export type DevEvent =
  /** Everything runs, and keeps these registries. */
  | { event: "ready"; endpoint: string; table: string; engine: string; registries: string[]; ui?: string }
  /** The mapping invoked the maintainer, or discarded records. */
  | ({ event: "batch" } & BatchReport)
  /** The maintainer decided suspects of one registry. */
  | ({
      event: "repair";
      added: string[];
      removed: string[];
      dropped: string[];
      unrepaired: UnrepairedName[];
    } & RegistryOwner)
  /** A registry was broken, as `--drift` asked. */
  | ({ event: "drift"; drift: string } & RegistryOwner)
  /** The handler's code changed and is in use. */
  | { event: "reload" }
  /** The table's stream has ended, or the mapping continues with the next one. */
  | { event: "stream"; message: string }
  /** Something is wrong that a developer should look at. Names in the message are quoted where they need it. */
  | { event: "problem"; message: string }
  /** Everything has ended. */
  | { event: "stopped" };
