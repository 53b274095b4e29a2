import type { PassProgress } from "@rollcall/maintainer";
import { describe, expect, it } from "vitest";
import { PassMeter } from "../../src/pass/pass-meter.ts";
import { processIo } from "../../src/terminal/io.ts";
import { Printer } from "../../src/terminal/printer.ts";
import { Sink } from "../fixtures/run-cli.ts";

const NOTHING: PassProgress = {
  phase: "scan",
  itemsScanned: 0,
  scanReadUnits: 0,
  pages: 0,
  added: 0,
  removed: 0,
  wrong: 0,
};

/** What a meter says after so many seconds. */
function said(
  seconds: number,
  progress: Partial<PassProgress>,
  itemCount: number | undefined,
  before?: ConstructorParameters<typeof PassMeter>[3],
): string {
  let now = 0;
  const stderr = new Sink();
  const clock = { now: () => now, sleep: async () => {} };
  const io = { ...processIo(new AbortController().signal), stderr, clock };
  const meter = new PassMeter(io, new Printer(io, false, () => {}), itemCount, before);
  now = seconds * 1_000;
  meter.show({ ...NOTHING, ...progress });
  return stderr.text;
}

describe("PassMeter", () => {
  it("shows names and their rate while the first page is repaired, and no rate of 0", () => {
    expect(said(10, { added: 1_287, removed: 13 }, 12_000)).toBe(
      "0%, 0 of about 12,000 items read; 1,287 names added, 13 names removed, 130 names/s\n",
    );
  });

  it("shows items, read units and the time left from the first page on", () => {
    expect(said(20, { itemsScanned: 6_000, scanReadUnits: 1_000, pages: 1 }, 12_000)).toBe(
      "50%, 6,000 of about 12,000 items read, 300 items/s, 50 read units/s, 20 s left\n",
    );
  });

  it("counts rates from where this run began, and names from where the pass did", () => {
    const before = { itemsScanned: 6_000, scanReadUnits: 1_000, added: 5_000 };
    expect(said(10, { itemsScanned: 6_100, scanReadUnits: 1_001, added: 5 }, 12_000, before)).toBe(
      "50%, 6,100 of about 12,000 items read, 10 items/s, 0.1 read units/s, 10 min left; 5,005 names added, 0.5 names/s\n",
    );
  });

  it("shows what an audit found wrong, and how it looks names up at last", () => {
    expect(said(10, { phase: "registries", itemsScanned: 10, wrong: 20 }, undefined)).toBe(
      "10 items read; checking registered names; 20 names wrong, 2 names/s\n",
    );
  });
});
