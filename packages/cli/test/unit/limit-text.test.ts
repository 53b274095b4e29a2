import { formatLimit, LimitTextError, parseLimit } from "@rollcall/cli";
import type { Limit } from "@rollcall/registry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainLimit } from "../../src/options/limit-text.ts";
import { oneLine } from "../../src/terminal/printable.ts";

const count = fc.oneof(
  fc.integer({ min: 1, max: 200_000 }),
  fc.maxSafeNat().filter((number) => number > 0),
);
const limit: fc.Arbitrary<Limit> = fc
  .record({
    name: fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$/),
    capacity: fc.option(count),
    refillAmount: count,
    refillPeriodSeconds: count,
  })
  .map(({ capacity, ...rest }) => ({ ...rest, capacity: capacity ?? rest.refillAmount }));

describe("parseLimit", () => {
  it.each<[string, Limit]>([
    ["rpm:500", { name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 }],
    ["rpm:500/min", { name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 }],
    ["rpm:500:900", { name: "rpm", capacity: 900, refillAmount: 500, refillPeriodSeconds: 60 }],
    ["tpm:100000/hour", { name: "tpm", capacity: 100_000, refillAmount: 100_000, refillPeriodSeconds: 3_600 }],
    ["tpm:100000/1hour", { name: "tpm", capacity: 100_000, refillAmount: 100_000, refillPeriodSeconds: 3_600 }],
    ["bulk:20/5min:100", { name: "bulk", capacity: 100, refillAmount: 20, refillPeriodSeconds: 300 }],
    ["a.b_c-d:1/30sec", { name: "a.b_c-d", capacity: 1, refillAmount: 1, refillPeriodSeconds: 30 }],
    ["rpd:9/2day:3", { name: "rpd", capacity: 3, refillAmount: 9, refillPeriodSeconds: 172_800 }],
  ])("reads %s", (text, expected) => {
    expect(parseLimit(text)).toEqual(expected);
  });

  it.each<[string, RegExp]>([
    ["", /^Expected name:rate/],
    ["rpm", /^Expected/],
    ["500/min", /^Expected/],
    ["rpm=500", /^Expected/],
    ["rpm:", /^Expected/],
    ["rpm:500/", /^Expected/],
    ["rpm:500:", /^Expected/],
    ["rpm:500/60", /^Expected/],
    ["rpm:500/min:", /^Expected/],
    ["rpm:500/min/hour", /^Expected/],
    ["rpm: 500", /^Expected/],
    ["rpm:500\n", /^Expected/],
    ["rpm:-500", /^Expected/],
    ["rpm:1.5", /^Expected/],
    ["rpm:1e3", /^Expected/],
    ["rpm:100k", /^Expected/],
    ["1rpm:500", /^Expected/],
    ["a/b:500", /^Expected/],
    ["rpm:100,000", /^Give -l once for every limit, and numbers without separators/],
    ["rpm:500,tpm:1000", /^Give -l once/],
    ["rpm:0", /rate 0 must be a whole number from 1 to 9007199254740991/],
    ["rpm:0500", /rate 0500 must be .* without leading zeros/],
    ["rpm:9007199254740992", /rate 9007199254740992 must be/],
    ["rpm:5:0", /burst 0 must be/],
    ["rpm:5/0min", /period 0 must be/],
    ["rpm:5/9007199254740991day", /period of 9007199254740991day is too long/],
    ["rpm:5/week", /unit "week" is not one of sec, min, hour and day\. Expected/],
    ["rpm:5/m", /unit "m" is not one of sec, min, hour and day\. Expected/],
    ["rpm:5/minutes", /Did you mean rpm:5\/min\?/],
    ["rpm:5/30s:9", /Did you mean rpm:5\/30sec:9\?/],
    ["rpm:5/HOUR", /Did you mean rpm:5\/hour\?/],
    ["days:5/2days", /Did you mean days:5\/2day\?/],
  ])("refuses %j and says what it expects", (text, message) => {
    expect(() => parseLimit(text)).toThrow(LimitTextError);
    expect(() => parseLimit(text)).toThrow(message);
    expect(() => parseLimit(text)).toThrow(/such as rpm:500/);
  });

  it("takes a text for a limit of numbers that can be stored, or refuses it in one line", { timeout: 60_000 }, () => {
    const digits = fc.oneof(
      fc.integer({ min: 1, max: 9 }).map(String),
      fc.constantFrom("", "0", "05", "500", "9007199254740991", "9007199254740992", "1".repeat(400)),
    );
    const unit = fc.constantFrom("", "sec", "min", "hour", "day", "days", "m", "MIN", "x");
    const alike = fc
      .tuple(fc.constantFrom("rpm", "wcu", "", "1a", "a.b", "x".repeat(65)), digits, digits, unit, fc.option(digits))
      .map(([name, rate, count, unit, burst]) => `${name}:${rate}/${count}${unit}${burst === null ? "" : `:${burst}`}`);
    const broken = fc
      .tuple(alike, fc.nat(40), fc.nat(3), fc.string({ unit: "binary", maxLength: 3 }))
      .map(([text, at, length, other]) => text.slice(0, at) + other + text.slice(at + length));
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), alike, broken), (text) => {
        let read: Limit;
        try {
          read = parseLimit(text);
        } catch (error) {
          expect(error).toBeInstanceOf(LimitTextError);
          expect((error as Error).message).toBe(oneLine((error as Error).message));
          return;
        }
        taken++;
        expect(parseLimit(formatLimit(read))).toEqual(read);
        for (const number of [read.capacity, read.refillAmount, read.refillPeriodSeconds]) {
          expect(number).toBeGreaterThan(0);
          expect(number).toSatisfy(Number.isSafeInteger);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

describe("formatLimit", () => {
  it("is read back as the same limit", () => {
    fc.assert(
      fc.property(limit, (written) => {
        expect(parseLimit(formatLimit(written))).toEqual(written);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [60, 5, "rpm:5/min"],
    [1, 5, "rpm:5/sec"],
    [90, 5, "rpm:5/90sec"],
    [7_200, 5, "rpm:5/2hour"],
    [86_400, 9, "rpm:5/day:9"],
    [90_000, 2, "rpm:5/25hour:2"],
  ])("shows %i seconds with a capacity of %i as %s", (refillPeriodSeconds, capacity, text) => {
    expect(formatLimit({ name: "rpm", capacity, refillAmount: 5, refillPeriodSeconds })).toBe(text);
  });
});

it.each([
  ["rpm:500", "500 every minute, up to 500 at a time"],
  ["tpm:100000/2hour:200000", "100,000 every 2 hours, up to 200,000 at a time"],
])("explainLimit says what %s means", (text, words) => {
  expect(explainLimit(parseLimit(text))).toBe(words);
});
