import type { Limit } from "@rollcall/registry";

/** The form of a limit, for help and errors. */
export const LIMIT_GRAMMAR = "name:rate[/[N]sec|min|hour|day][:burst]";

/** Refill period of a limit that names none. */
const DEFAULT_PERIOD_SECONDS = 60;

/** The largest first: a period is shown in the largest unit of which it is a whole number. */
const UNITS = [
  { text: "day", word: "day", seconds: 86_400, looksLike: /^d/i },
  { text: "hour", word: "hour", seconds: 3_600, looksLike: /^h/i },
  { text: "min", word: "minute", seconds: 60, looksLike: /^min/i }, // a lone "m" may as well be a month
  { text: "sec", word: "second", seconds: 1, looksLike: /^s/i },
] as const;

const LIMIT =
  /^(?<name>[a-zA-Z][a-zA-Z0-9_.-]*):(?<rate>\d+)(?:\/(?<count>\d+)?(?<unit>[a-zA-Z]+))?(?::(?<burst>\d+))?$/;

/** A text that is not a limit. The message says what was expected. */
export class LimitTextError extends Error {
  override readonly name = "LimitTextError";

  constructor(problem: string) {
    super(`${problem} Expected ${LIMIT_GRAMMAR}, such as rpm:500, tpm:100000/hour or bulk:20/5min:100.`.trimStart());
  }
}

/**
 * Reads `name:rate[/[N]sec|min|hour|day][:burst]`: `rate` tokens come back every period, one minute if it names none,
 * and at most `burst` can be taken at a time, or `rate` if it names none.
 *
 * @throws LimitTextError for any other text, and for numbers that are not from 1 to 2^53 - 1
 *
 * @example
 * ```ts
 * import { parseLimit } from "@rollcall/cli";
 *
 * parseLimit("rpm:500"); // { name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 }
 * parseLimit("bulk:20/5min:100"); // { name: "bulk", capacity: 100, refillAmount: 20, refillPeriodSeconds: 300 }
 * ```
 */
export function parseLimit(text: string): Limit {
  const { name, rate, count = "1", unit: unitText, burst } = LIMIT.exec(text)?.groups ?? {};
  if (name === undefined || rate === undefined) throw new LimitTextError(separatorHint(text));
  const unit = unitText === undefined ? undefined : UNITS.find((known) => known.text === unitText);
  if (unitText !== undefined && unit === undefined) throw new LimitTextError(unknownUnit(text, unitText));

  const refillAmount = wholeNumber("rate", rate);
  const refillPeriodSeconds = unit === undefined ? DEFAULT_PERIOD_SECONDS : wholeNumber("period", count) * unit.seconds;
  if (!Number.isSafeInteger(refillPeriodSeconds))
    throw new LimitTextError(`Its period of ${count}${unitText} is too long.`);
  const capacity = burst === undefined ? refillAmount : wholeNumber("burst", burst);
  return { name, capacity, refillAmount, refillPeriodSeconds };
}

/**
 * The text of a limit, the inverse of {@link parseLimit}: the period in its largest whole unit, the burst only where it
 * differs from the rate.
 *
 * @example
 * ```ts
 * import { formatLimit } from "@rollcall/cli";
 *
 * formatLimit({ name: "rpm", capacity: 500, refillAmount: 500, refillPeriodSeconds: 60 }); // "rpm:500/min"
 * formatLimit({ name: "bulk", capacity: 100, refillAmount: 20, refillPeriodSeconds: 90 }); // "bulk:20/90sec:100"
 * ```
 */
export function formatLimit({ name, capacity, refillAmount, refillPeriodSeconds }: Limit): string {
  const { count, unit } = splitPeriod(refillPeriodSeconds);
  const burst = capacity === refillAmount ? "" : `:${capacity}`;
  return `${name}:${refillAmount}/${count === 1 ? "" : count}${unit.text}${burst}`;
}

/** What a limit means, in words: `20 every 5 minutes, up to 100 at a time`. */
export function explainLimit({ capacity, refillAmount, refillPeriodSeconds }: Limit): string {
  const { count, unit } = splitPeriod(refillPeriodSeconds);
  const period = count === 1 ? unit.word : `${count.toLocaleString("en-US")} ${unit.word}s`;
  return `${refillAmount.toLocaleString("en-US")} every ${period}, up to ${capacity.toLocaleString("en-US")} at a time`;
}

function splitPeriod(seconds: number): { count: number; unit: (typeof UNITS)[number] } {
  const unit = UNITS.find((candidate) => seconds % candidate.seconds === 0) ?? UNITS[3];
  return { count: seconds / unit.seconds, unit };
}

function wholeNumber(field: string, digits: string): number {
  const value = Number(digits);
  if (!digits.startsWith("0") && Number.isSafeInteger(value)) return value;
  throw new LimitTextError(
    `Its ${field} ${digits} must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}, without leading zeros.`,
  );
}

/** People write several limits, or the digits of a large number, with commas between them. */
function separatorHint(text: string): string {
  return text.includes(",") ? "Give -l once for every limit, and numbers without separators." : "";
}

function unknownUnit(text: string, unit: string): string {
  const meant = UNITS.find(({ looksLike }) => looksLike.test(unit));
  const suggestion = meant === undefined ? "" : ` Did you mean ${text.replace(unitIn(unit), `$1${meant.text}`)}?`;
  return `Its unit ${JSON.stringify(unit)} is not one of sec, min, hour and day.${suggestion}`;
}

/** The unit where it stands in a limit's text: behind the slash and the count. */
function unitIn(unit: string): RegExp {
  return new RegExp(`(/\\d*)${unit}`);
}
