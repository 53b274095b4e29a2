import type { Commit } from "@rollcall/memory-dynamodb";
import { type KeyReader, keyText, type NamePlace } from "../layout/key-reader.ts";

/** What a member's item was since it is looked at. */
export interface SeenItem {
  wasThere: boolean;
  wasAbsent: boolean;
}

/** Knows which states the items of members had while callers wait, each with a condition on one. */
export class ItemWatch {
  readonly #reader: KeyReader;
  readonly #watched = new Map<string, Set<SeenItem>>();

  constructor(reader: KeyReader) {
    this.#reader = reader;
  }

  /** Looks at an item from now on. Returns what was seen, and how to end. */
  begin(region: string, place: NamePlace, isThere: boolean): { seen: SeenItem; end: () => void } {
    const seen: SeenItem = { wasThere: isThere, wasAbsent: !isThere };
    const key = textOf(region, place);
    const watching = this.#watched.get(key) ?? new Set<SeenItem>();
    this.#watched.set(key, watching.add(seen));
    const end = (): void => {
      watching.delete(seen);
      if (watching.size === 0) this.#watched.delete(key);
    };
    return { seen, end };
  }

  committed(region: string, { changes }: Commit): void {
    if (this.#watched.size === 0) return;
    for (const { key, after } of changes) {
      for (const place of this.#reader.members(key)) {
        for (const seen of this.#watched.get(textOf(region, place)) ?? []) {
          if (after === undefined) seen.wasAbsent = true;
          else seen.wasThere = true;
        }
      }
    }
  }
}

function textOf(region: string, place: NamePlace): string {
  return `${region} ${keyText(place)} ${place.name}`;
}
