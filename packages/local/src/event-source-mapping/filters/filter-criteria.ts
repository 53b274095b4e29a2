import { MAX_FILTER_PATTERN_LENGTH, MAX_FILTERS } from "../constants.ts";
import { InvalidMappingOptionError } from "../errors.ts";
import type { DynamoDBRecord } from "../function/lambda-event.ts";
import { compilePattern, FilterPatternError, type Matcher } from "./filter-pattern.ts";

/**
 * Which records a function is invoked with: those that match at least one filter. The others are passed over permanently.
 * The same shape as Lambda's `FilterCriteria`, in the spelling Pulumi gives it.
 */
export interface FilterCriteria {
  readonly filters?: readonly Filter[];
}

/** One filter. */
export interface Filter {
  /** A JSON object, as text (what Lambda takes) or as it is. At most 4,096 characters. */
  readonly pattern: string | FilterPattern;
}

/** A pattern as a plain object: fields to patterns, and at the ends lists of values and operators. */
export interface FilterPattern {
  readonly [field: string]: FilterPattern | readonly unknown[];
}

/**
 * Compiles criteria into a test of one record. No filters let every record through.
 *
 * Differs from AWS: the whole record is matched, where Lambda's guide promises the `dynamodb` field alone. Lambda does
 * match `eventName` and `userIdentity`; of the other fields beside `dynamodb` that is not known.
 *
 * @throws InvalidMappingOptionError when Lambda would refuse the criteria
 */
export function compileFilterCriteria(criteria: FilterCriteria | undefined): (record: DynamoDBRecord) => boolean {
  const { filters = [], ...unknown } = criteria ?? {};
  const [extra] = Object.keys(unknown);
  if (extra !== undefined)
    throw new InvalidMappingOptionError(`filterCriteria.${extra}`, "it is unknown; known is filters");
  if (!Array.isArray(filters) || filters.length > MAX_FILTERS) {
    throw new InvalidMappingOptionError(
      "filterCriteria.filters",
      `it must be a list of at most ${MAX_FILTERS} filters`,
    );
  }
  const matchers = filters.map((filter: Filter, index) =>
    compileFilter(filter, `filterCriteria.filters[${index}].pattern`),
  );
  return (record) => matchers.length === 0 || matchers.some((matches) => matches(record));
}

function compileFilter(filter: Filter | null, option: string): Matcher {
  const pattern = filter?.pattern;
  const text = typeof pattern === "string" ? pattern : JSON.stringify(pattern);
  if (typeof text !== "string" || text.length > MAX_FILTER_PATTERN_LENGTH) {
    throw new InvalidMappingOptionError(
      option,
      `it must be a JSON object of at most ${MAX_FILTER_PATTERN_LENGTH} characters`,
    );
  }
  try {
    return compilePattern(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof FilterPatternError || error instanceof SyntaxError)) throw error;
    throw new InvalidMappingOptionError(option, error.message, { cause: error });
  }
}
