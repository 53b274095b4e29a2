import { validationError } from "../errors.ts";

/** A number as DynamoDB keeps it: exact, with up to 38 significant digits. */
interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const MAX_DIGITS = 38;
/** The largest number is 9.99…E+125, the smallest above zero 1E-130. Source: Developer Guide, "Data types". */
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;

/** Numbers that are their own canonical form, and safe integers. */
const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** A number as it is given back: without exponent and needless zeros. */
export function canonicalNumber(text: string): string {
  return PLAIN_INTEGER.test(text) ? text : format(parse(text));
}

export function compareNumbers(a: string, b: string): number {
  if (PLAIN_INTEGER.test(a) && PLAIN_INTEGER.test(b)) return Number(a) - Number(b);
  const [left, right] = aligned(parse(a), parse(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

export function addNumbers(a: string, b: string): string {
  const [left, right, exponent] = aligned(parse(a), parse(b));
  return format({ coefficient: left + right, exponent });
}

export function subtractNumbers(a: string, b: string): string {
  const [left, right, exponent] = aligned(parse(a), parse(b));
  return format({ coefficient: left - right, exponent });
}

function parse(text: string): Decimal {
  const [matched, sign, whole = "", fraction = "", power = "0"] = NUMBER.exec(text) ?? [];
  if (matched === undefined || whole + fraction === "") {
    throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const coefficient = BigInt(whole + fraction);
  return { coefficient: sign === "-" ? -coefficient : coefficient, exponent: Number(power) - fraction.length };
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = ({ coefficient, exponent: own }: Decimal) => coefficient * 10n ** BigInt(own - exponent);
  return [scaled(a), scaled(b), exponent];
}

function format({ coefficient, exponent }: Decimal): string {
  if (coefficient === 0n) return "0";
  const sign = coefficient < 0n ? "-" : "";
  const all = String(coefficient < 0n ? -coefficient : coefficient);
  const digits = all.replace(/0+$/, "");
  const lowest = exponent + all.length - digits.length;
  const highest = exponent + all.length - 1;
  assertStorable(digits.length, highest);
  if (lowest >= 0) return sign + digits + "0".repeat(lowest);
  if (highest < 0) return `${sign}0.${"0".repeat(-highest - 1)}${digits}`;
  return `${sign}${digits.slice(0, highest + 1)}.${digits.slice(highest + 1)}`;
}

function assertStorable(digits: number, highest: number): void {
  if (highest > MAX_EXPONENT) {
    throw validationError("Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (highest < MIN_EXPONENT) {
    throw validationError("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
  if (digits > MAX_DIGITS) {
    throw validationError("Attempting to store more than 38 significant digits in a Number");
  }
}
