import type { EngineName } from "@rollcall/local";

interface KnownDifference {
  /** Which engines differ from AWS. */
  engines: readonly EngineName[];
  /** What AWS does, and what they do. */
  says: string;
}

/**
 * Where the engines differ from AWS in something that we touch. The suite asserts each of them, so that an engine that
 * gets fixed, or a third way of being wrong, is noticed.
 */
export const KNOWN_DIFFERENCES = {
  noOpPutIsRecorded: {
    engines: ["dynoxide"],
    says: "AWS has no stream record of a Put that changes nothing; dynoxide has a MODIFY",
  },
  projectionIsBilled: {
    engines: ["dynoxide"],
    says: "AWS bills a GetItem by the whole item; dynoxide bills the attributes that were asked for",
  },
  transactionIsBilledOnce: {
    engines: ["dynamodb-local"],
    says: "AWS bills a transaction's writes twice; DynamoDB Local bills them once",
  },
} as const satisfies Record<string, KnownDifference>;

/** Whether an engine is known to differ from AWS in this. */
export function differs(engine: EngineName, difference: keyof typeof KNOWN_DIFFERENCES): boolean {
  const { engines }: KnownDifference = KNOWN_DIFFERENCES[difference];
  return engines.includes(engine);
}
