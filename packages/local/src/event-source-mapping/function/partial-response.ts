/** What a handler's answer means for its batch. */
export type BatchVerdict =
  | { readonly kind: "succeeded"; readonly warning?: string }
  /** Everything before the record at `from` is done; that one and all after it are not. */
  | { readonly kind: "partly-failed"; readonly from: number }
  | { readonly kind: "failed"; readonly reason: string };

const SUCCEEDED: BatchVerdict = { kind: "succeeded" };

/**
 * Judges the answer of a function that reports batch item failures. Retry starts at the lowest sequence number
 * returned, also where others succeeded after it; anything that does not name a record of the batch fails all of it.
 * Sources: Lambda guide, "Success and failure conditions"; the cases recorded against AWS in LocalStack's tests
 * `test_dynamodb_report_batch_item_failure_scenarios` and `…_success_scenarios`.
 *
 * Differs from AWS: an answer with other fields and no `batchItemFailures` succeeds here too, but with a warning, for
 * it is most likely misspelt.
 */
export function judgeResponse(response: unknown, sequenceNumbers: readonly string[]): BatchVerdict {
  if (response === undefined || response === null || response === "") return SUCCEEDED;
  if (Array.isArray(response) && response.length === 0) return SUCCEEDED;
  if (typeof response !== "object" || Array.isArray(response)) {
    return { kind: "failed", reason: `the response is not an object: ${excerpt(response)}` };
  }
  const { batchItemFailures: failures, ...others } = response as { batchItemFailures?: unknown };
  if (failures === undefined || failures === null) {
    const [other] = Object.keys(others);
    if (failures === null || other === undefined) return SUCCEEDED;
    return { kind: "succeeded", warning: `the response has ${JSON.stringify(other)} and no "batchItemFailures"` };
  }
  if (!Array.isArray(failures))
    return { kind: "failed", reason: `batchItemFailures is not a list: ${excerpt(failures)}` };
  return judgeFailures(failures, sequenceNumbers);
}

function judgeFailures(failures: readonly unknown[], sequenceNumbers: readonly string[]): BatchVerdict {
  const positions = new Map<unknown, number>(sequenceNumbers.map((sequenceNumber, index) => [sequenceNumber, index]));
  let from = sequenceNumbers.length;
  for (const failure of failures) {
    const index = positions.get((failure as { itemIdentifier?: unknown } | null)?.itemIdentifier);
    if (index === undefined) return { kind: "failed", reason: `${excerpt(failure)} names no record of the batch` };
    from = Math.min(from, index);
  }
  return from === sequenceNumbers.length ? SUCCEEDED : { kind: "partly-failed", from };
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
