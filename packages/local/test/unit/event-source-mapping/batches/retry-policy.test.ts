import { expect, test } from "vitest";
import { retryDelayMs } from "../../../../src/event-source-mapping/backoff.ts";
import type { PendingRecord } from "../../../../src/event-source-mapping/batches/pending-record.ts";
import { type Piece, planRetry } from "../../../../src/event-source-mapping/batches/retry-policy.ts";

const piece = (records: number, retries = 0): Piece => ({
  records: Array.from({ length: records }, (_, index) => ({ sequenceNumber: `${index}` }) as PendingRecord),
  retries,
  invocations: 1,
});
const shape = (pieces: readonly Piece[]) =>
  pieces.map(({ records, retries }) => `${records.length} records, ${retries} retries`);

test.each<
  [
    what: string,
    failed: Piece,
    progressed: boolean,
    bisect: boolean,
    maximumRetryAttempts: number,
    kind: string,
    pieces: string[],
  ]
>([
  ["a failure is retried", piece(4), false, false, -1, "retry", ["4 records, 1 retries"]],
  ["for ever by default", piece(4, 9999), false, false, -1, "retry", ["4 records, 10000 retries"]],
  ["until the retries are used up", piece(4, 2), false, false, 2, "discard", []],
  ["not at all with 0", piece(4), false, false, 0, "discard", []],
  ["a partial response starts the count once more", piece(2, 1), true, false, 2, "retry", ["2 records, 0 retries"]],
  ["also where the retries were used up", piece(2, 2), true, false, 2, "retry", ["2 records, 0 retries"]],
  ["and where there are none", piece(1), true, false, 0, "retry", ["1 records, 0 retries"]],
  [
    "bisecting halves and uses no retries",
    piece(5),
    false,
    true,
    0,
    "split",
    ["3 records, 0 retries", "2 records, 0 retries"],
  ],
  ["a single record is retried", piece(1), false, true, 1, "retry", ["1 records, 1 retries"]],
  ["and discarded", piece(1, 1), false, true, 1, "discard", []],
  ["a partial response has split the batch already", piece(3), true, true, 0, "retry", ["3 records, 0 retries"]],
])("planRetry: %s", (_, failed, progressed, bisect, maximumRetryAttempts, kind, pieces) => {
  const plan = planRetry(failed, progressed, { bisect, maximumRetryAttempts });
  expect(plan.step.kind).toBe(kind);
  expect(shape(plan.pieces)).toEqual(pieces);
});

test("planRetry carries no count over a move: the second half begins at 0, the first does not", () => {
  const failed = { ...piece(4, 1), invocations: 3 };
  const { pieces } = planRetry(failed, false, { bisect: true, maximumRetryAttempts: 5 });
  expect(pieces.map(({ retries, invocations }) => ({ retries, invocations }))).toEqual([
    { retries: 1, invocations: 3 },
    { retries: 0, invocations: 0 },
  ]);
});

test("retryDelayMs doubles up to a bound", () => {
  expect([0, 1, 2, 3, 4, 5, 10_000].map(retryDelayMs)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
});
