import type { EngineName } from "@rollcall/local";
import { expect } from "vitest";

interface KnownDifference {
  /** Which engines differ from AWS. */
  engines: readonly EngineName[];
  /** What AWS does, and what they do. */
  says: string;
}

/**
 * Where the engines differ from AWS in something that we touch. The suite asserts each of them, so that we notice when
 * an engine is fixed, or wrong in another way than before. Two things cannot be shown: neither engine ever raises
 * TransactionConflict, and what DynamoDB Local puts into the stream for an item that expired is seen after minutes only.
 */
export const KNOWN_DIFFERENCES = {
  noOpWriteIsRecorded: {
    engines: ["dynoxide"],
    says: "AWS has no stream record of a write that changes nothing; dynoxide has a MODIFY",
  },
  sequenceNumbersAreShort: {
    engines: ["dynoxide"],
    says: "AWS's sequence numbers have 21 to 40 digits; dynoxide counts from 1",
  },
  recordTimesAreMinutes: {
    engines: ["dynamodb-local"],
    says: "AWS rounds a record's time down to the second, DynamoDB Local to the minute",
  },
  regionIsInvented: {
    engines: ["dynoxide", "dynamodb-local"],
    says: "AWS gives a record the region of its table, the engines give it one that does not exist",
  },
  projectionIsBilled: {
    engines: ["dynoxide"],
    says: "AWS bills a GetItem by the whole item; dynoxide bills the attributes that were asked for",
  },
  projectionOfTransactionAddsKey: {
    engines: ["dynoxide"],
    says: "AWS gives the attributes that a TransactGetItems asks for; dynoxide gives those of the key besides",
  },
  equalActionsAreBilledOnce: {
    engines: ["dynamodb-local"],
    says: "AWS bills every action of a transaction; DynamoDB Local, of those that cost the same, only one",
  },
  checkIsBilledAsRead: {
    engines: ["dynamodb-local"],
    says: "AWS bills a ConditionCheck by the KB, as a write; DynamoDB Local by 4 KB, as a read",
  },
  wrongOperandIsTopLevel: {
    engines: ["dynamodb-local"],
    says: "AWS cancels a transaction over an operand of the wrong type and gives the reason; DynamoDB Local gives none",
  },
  oneItemTwiceIsNoticedLate: {
    engines: ["dynamodb-local"],
    says: "AWS refuses two actions on one item before it looks at the item; DynamoDB Local checks their conditions first",
  },
} as const satisfies Record<string, KnownDifference>;

/** Whether an engine is known to differ from AWS in this. */
export function differs(engineName: string, difference: keyof typeof KNOWN_DIFFERENCES): boolean {
  const { engines }: KnownDifference = KNOWN_DIFFERENCES[difference];
  return engines.some((name) => name === engineName);
}

/** Expects the answer of AWS, or of an engine that is known to differ in this, the answer it is known for. */
export function expectAsKnown<Answer>(
  engineName: string,
  difference: keyof typeof KNOWN_DIFFERENCES,
  actual: Answer,
  answers: { aws: Answer; engine: Answer },
): void {
  const expected = differs(engineName, difference) ? answers.engine : answers.aws;
  expect(actual, KNOWN_DIFFERENCES[difference].says).toEqual(expected);
}
