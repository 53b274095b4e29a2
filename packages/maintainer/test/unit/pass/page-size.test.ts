import { describe, expect, it } from "vitest";
import { PageSize } from "../../../src/pass/page-size.ts";

/** A Scan of items of one size, whose pages are to cost so many units: how many items they ask for. */
function limitsOf(itemBytes: number, units: number, pages: number): number[] {
  const size = new PageSize(units);
  return Array.from({ length: pages }, () => {
    const { limit } = size;
    const readUnits = Math.max(1, Math.ceil((limit * itemBytes) / 4_096)) / 2;
    size.learn({ limit, scannedCount: limit, readUnits });
    return limit;
  });
}

describe("PageSize", () => {
  it("begins as if items had 4 KB", () => {
    expect(new PageSize(12.5).limit).toBe(25);
    expect(new PageSize(0.01).limit).toBe(1);
  });

  it("grows while a page costs the least there is, and then knows what items cost", () => {
    expect(limitsOf(128, 1, 9)).toEqual([2, 4, 8, 16, 32, 64, 64, 64, 64]);
    expect(limitsOf(128, 0.1, 8)).toEqual([1, 2, 4, 8, 16, 32, 64, 32]);
    expect(limitsOf(6_000, 8, 3)).toEqual([16, 10, 10]);
  });

  it.each([
    [0.1, 5],
    [0.5, 5],
    [0.6, 10],
    [0.875, 10],
    [1, 10],
    [1.1, 15],
  ])("uses up the step of 4 KB that a page begins, since it is paid for: %d units", (units, limit) => {
    const size = new PageSize(units);
    size.learn({ limit: 10, scannedCount: 10, readUnits: 1 });
    expect(size.limit).toBe(limit);
  });

  it("learns nothing from a page without items, and no larger cost from one that ended early", () => {
    const size = new PageSize(5);
    size.learn({ limit: 40, scannedCount: 40, readUnits: 5 });
    size.learn({ limit: 40, scannedCount: 0, readUnits: 0.5 });
    size.learn({ limit: 40, scannedCount: 1, readUnits: 0.5 });
    expect(size.limit).toBe(40);
  });

  it("asks for no more items than 1 MB can have", () => {
    const size = new PageSize(1);
    for (let page = 0; page < 60; page++) size.learn({ limit: size.limit, scannedCount: size.limit, readUnits: 0.5 });
    expect(size.limit).toBe(2 ** 18);
  });
});
