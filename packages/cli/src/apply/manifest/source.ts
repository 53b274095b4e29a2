import type { ManifestError } from "./errors.ts";

/** A manifest's text, parsed: its top value, and where everything is. */
export interface ManifestSource {
  readonly top: ManifestValue;
  /** The line of an offset, from 1. */
  lineOf(offset: number): number;
  /** An error at an offset of the text. */
  error(offset: number, problem: string, cause?: unknown): ManifestError;
}

/** One value of a manifest. */
export interface ManifestValue {
  /** Where it stands, or where its name does when nothing stands there. */
  readonly offset: number;
  /** `plain` is any scalar that is no quoted text, and no plain one. */
  readonly kind: "map" | "list" | "text" | "plain" | "nothing";
  /** The text, or what a plain scalar looks like. */
  readonly text: string;
  /** Whether the value is written without quotes. */
  readonly isBare: boolean;
  /**
   * The entries of a map, in their order; those of maps merged into it come last.
   *
   * @param path how errors name the map
   */
  entries(path: string): Iterable<ManifestEntry>;
}

/** One entry of a map. */
export interface ManifestEntry {
  name: string;
  keyOffset: number;
  value(): ManifestValue;
  /** Whether it is from another map, merged into this one. */
  merged: boolean;
}
