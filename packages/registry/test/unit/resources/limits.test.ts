import { InvalidLimitError, InvalidNameError, type LimitInput, MalformedItemError } from "@rollcall/registry";
import { limiterItem } from "@rollcall/testing/rollcall/limiter-items";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completeLimits, limitAttributes, readLimits } from "../../../src/resources/limits.ts";

const flat = { resource: "gpt-4", namespace: undefined };
const namespaced = { resource: "gpt-4", namespace: "rcof3sHx3fY" };
const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const limitName = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$/).filter((name) => name !== "wcu");
const limits = fc.uniqueArray(
  fc.record({ name: limitName, capacity: count, refillAmount: count, refillPeriodSeconds: count }),
  { minLength: 1, maxLength: 20, selector: ({ name }) => name },
);

describe("completeLimits", () => {
  it("fills in a refill of the whole capacity a minute", () => {
    expect(completeLimits([{ name: "rpm", capacity: 500 }])).toEqual([
      { name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 },
    ]);
  });

  it.each<[string, readonly LimitInput[], RegExp]>([
    ["no limits", [], /at least one/],
    ["zero", [{ name: "rpm", capacity: 0 }], /"rpm": capacity is 0; use a whole number from 1/],
    ["a negative number", [{ name: "rpm", capacity: 1, refillAmount: -1 }], /refillAmount is -1/],
    ["a fraction", [{ name: "rpm", capacity: 1, refillPeriodSeconds: 0.5 }], /refillPeriodSeconds is 0.5/],
    ["more than a number can hold", [{ name: "rpm", capacity: 2 ** 53 }], /capacity is 9007199254740992/],
    ["not a number", [{ name: "rpm", capacity: Number.NaN }], /capacity is NaN/],
    ["text", [{ name: "rpm", capacity: "5" as unknown as number }], /capacity is 5/],
    [
      "one name twice",
      [
        { name: "rpm", capacity: 1 },
        { name: "rpm", capacity: 2 },
      ],
      /"rpm" is given twice/,
    ],
    ["an unknown field", [{ name: "rpm", capacity: 1, burst: 2 } as LimitInput], /unknown field "burst"/],
  ])("refuses %s", (_, inputs, message) => {
    expect(() => completeLimits(inputs)).toThrow(InvalidLimitError);
    expect(() => completeLimits(inputs)).toThrow(message);
  });

  it("says which fields a limit has where one is unknown", () => {
    const misspelt = { name: "rpm", capacity: 1, refill: 2 } as LimitInput;
    expect(() => completeLimits([misspelt])).toThrow(
      /"refill"; known are name, capacity, refillAmount and refillPeriodSeconds\./,
    );
  });

  it.each(["", "wcu", "1rpm", "a/b", "a b", "a#b", "gpt\n", "x".repeat(65), "é"])("refuses the name %j", (name) => {
    expect(() => completeLimits([{ name, capacity: 1 }])).toThrow(InvalidNameError);
  });
});

const stored = (name: string) => ({
  [`l_${name}_cp`]: { N: "5" },
  [`l_${name}_ra`]: { N: "5" },
  [`l_${name}_rp`]: { N: "60" },
});

describe("readLimits: limits in an item", () => {
  it.each([flat, namespaced])("read back as they were written (%o)", (address) => {
    fc.assert(
      fc.property(limits, (written) => {
        const sorted = written.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        expect(readLimits(limitAttributes(written, address === flat), address)).toEqual(sorted);
      }),
    );
  });

  it("are read from what the limiter writes", () => {
    expect(readLimits(limiterItem("resource-default", "namespaced", "library"), namespaced)).toEqual([
      { name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 3_600 },
      { name: "tpm", capacity: 20_000, refillAmount: 10_000, refillPeriodSeconds: 300 },
    ]);
    expect(readLimits(limiterItem("resource-default", "namespaced", "provisioner"), namespaced)).toEqual([
      { name: "rpm", capacity: 1_000, refillAmount: 1_000, refillPeriodSeconds: 60 },
      { name: "tpm", capacity: 150_000, refillAmount: 100_000, refillPeriodSeconds: 60 },
    ]);
  });

  it("take the larger of the capacity and the older burst ceiling where keys are flat", () => {
    const item = { l_rpm_cp: { N: "5" }, l_rpm_bx: { N: "9" }, l_rpm_ra: { N: "5" }, l_rpm_rp: { N: "60" } };
    expect(readLimits(item, flat)[0]?.capacity).toBe(9);
    expect(readLimits({ ...item, l_rpm_bx: { N: "4" } }, flat)[0]?.capacity).toBe(5);
  });

  it("leave out a burst ceiling that a migration copied into a namespace, of any value", () => {
    expect(readLimits({ ...stored("rpm"), l_rpm_bx: { N: "9" } }, namespaced)[0]?.capacity).toBe(5);
    expect(readLimits({ ...stored("rpm"), l_rpm_bx: { S: "none" } }, namespaced)[0]?.capacity).toBe(5);
  });

  it("may end in a line break, which the limiter's own check lets through", () => {
    expect(readLimits(stored("rpm\n"), namespaced)[0]?.name).toBe("rpm\n");
  });

  it("may have names that look like attributes", () => {
    const odd = [{ name: "l_a_cp", capacity: 1, refillAmount: 2, refillPeriodSeconds: 3 }];
    expect(readLimits(limitAttributes(odd, true), flat)).toEqual(odd);
  });

  it.each([
    [
      "a missing refill",
      { l_rpm_cp: { N: "5" }, l_rpm_rp: { N: "60" } },
      /l_rpm_ra should be a whole number above 0 and is "missing"/,
    ],
    ["a capacity of another type", { l_rpm_cp: { S: "5" } }, /l_rpm_cp/],
    ["a number too large", { l_rpm_cp: { N: "1e40" } }, /l_rpm_cp/],
    ["a fraction", { l_rpm_cp: { N: "0.5" } }, /l_rpm_cp/],
    ["a capacity of 0", { l_rpm_cp: { N: "0" } }, /l_rpm_cp should be a whole number above 0 and is \{"N":"0"\}/],
    ["a period below 0", { ...stored("rpm"), l_rpm_rp: { N: "-60" } }, /l_rpm_rp should be a whole number above 0/],
    ["a reserved name", { ...stored("rpm"), ...stored("wcu") }, /"l_wcu_cp" names a limit that the limiter rejects/],
    ["a name that begins with a digit", stored("1x"), /"l_1x_cp" names a limit that the limiter rejects/],
    ["a name of 65 characters", stored("x".repeat(65)), /names a limit that the limiter rejects/],
  ])("with %s are malformed, and the error names the item", (_, item, message) => {
    const read = () => readLimits(item, flat);
    expect(read).toThrow(MalformedItemError);
    expect(read).toThrow(message);
    expect(read).toThrow(/RESOURCE#gpt-4/);
  });

  it("are none where an item has none", () => {
    expect(readLimits({ xl_rpm_cp: { N: "5" } }, flat)).toEqual([]);
    expect(readLimits({ resource: { S: "gpt-4" }, config_version: { N: "1" } }, flat)).toEqual([]);
  });
});
