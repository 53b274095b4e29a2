/** Taken to be the cost of an item before any was seen: that of 4 KB. */
const FIRST_UNITS_PER_ITEM = 0.5;
/** What an eventually consistent page costs at least, and the steps in which it costs more: 4 KB. */
const STEP_UNITS = 0.5;
/** More items than 1 MB can have, which is the most a page reads. */
const MAX_PAGE_ITEMS = 2 ** 18;

/** How many items a page of the Scan may have, by what the pages before it cost. All segments share it. */
export class PageSize {
  /** What a page is to cost. It costs whole steps, so the last one that it begins is used up. */
  readonly #units: number;
  #unitsPerItem = FIRST_UNITS_PER_ITEM;

  constructor(units: number) {
    this.#units = Math.ceil(units / STEP_UNITS) * STEP_UNITS;
  }

  /** The most items that the next page may have. */
  get limit(): number {
    return Math.min(MAX_PAGE_ITEMS, Math.max(1, Math.floor(this.#units / this.#unitsPerItem)));
  }

  /**
   * Learns from a page. One that cost the least there is says only that its items are not larger than that. Where this is
   * all that a page is to cost, the next asks for twice as many if it had all it asked for: one of one item stayed so else.
   */
  learn(page: { limit: number; scannedCount: number; readUnits: number }): void {
    const { limit, scannedCount, readUnits } = page;
    if (scannedCount === 0) return;
    const unitsPerItem = readUnits / scannedCount;
    if (readUnits > STEP_UNITS) {
      this.#unitsPerItem = unitsPerItem;
      return;
    }
    const mayGrow = this.#units <= STEP_UNITS && scannedCount >= limit;
    this.#unitsPerItem = Math.min(this.#unitsPerItem, mayGrow ? unitsPerItem / 2 : unitsPerItem);
  }
}
