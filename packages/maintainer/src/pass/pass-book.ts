import type { Flaws } from "../limiter/default-flaws.ts";
import type { ScopedRegistry } from "../registries/table-registries.ts";
import type { Findings } from "../repair/findings.ts";

/** Items of one page that a pass met, by what they are. */
export interface Met {
  /** Items of members with a name. */
  defaults: number;
  /** Items of members without one. */
  malformed: number;
  /** Limits kept as one item each, as the limiter did before 0.8. */
  legacyLimits: number;
}

/** One item of a registry as it was when its names were looked up. */
export interface CheckedRegistry {
  /** Which of the registry's items it is, from 0. */
  shard: number;
  /** Names it listed, the empty one left out. */
  names: number;
  /** Empty names it listed: 0 or 1. */
  malformed: number;
  /** Size of its item in bytes. */
  bytes: number;
}

/**
 * Hears what a pass finds and does, always before the cursor that leaves it behind is saved. A pass that is resumed tells
 * nothing again that belongs to the cursor it began with.
 */
export interface PassBook {
  /** A page had these items. */
  met(registry: ScopedRegistry, met: Met): void;
  /** Names are decided, and that is final for this pass. It tells each name once. */
  found(registry: ScopedRegistry, findings: Findings): void;
  /** A default of a page, which was met, has these flaws. Told only where a pass inspects defaults. */
  flawed(registry: ScopedRegistry, name: string, flaws: Flaws): void;
  /** These names, which a registry lists as it should, are of a namespace that was purged. */
  leftOver(registry: ScopedRegistry, names: readonly string[]): void;
  /** All names of one of its items were looked up. */
  checked(registry: ScopedRegistry, item: CheckedRegistry): void;
}
