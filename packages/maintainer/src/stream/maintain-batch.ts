import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";
import type { MaintainerObserver } from "../events.ts";
import { readExisting, readRegistry, type TableReader } from "../repair/membership.ts";
import { type Drift, reconcile } from "../repair/reconcile.ts";
import {
  confirmedFindings,
  driftAmong,
  firstRetried,
  metMalformedRegistry,
  type NamespaceOutcome,
  notRepaired,
} from "./outcomes.ts";
import { collectSuspects, type Suspect } from "./suspects.ts";
import type { Deadline } from "./time-left.ts";

/** What a batch is handled with. */
export interface BatchWork {
  table: TableReader;
  tell: MaintainerObserver;
}

/** Checks and repairs what the records of one batch make suspect, every namespace by itself and all concurrently. */
export async function maintainBatch(
  work: BatchWork,
  records: readonly DynamoDBRecord[],
  deadline: Deadline,
): Promise<DynamoDBBatchResponse> {
  const { namespaces, malformed, unreadable } = collectSuspects(records);
  if (malformed > 0) work.tell({ kind: "records-malformed", records: malformed });
  if (unreadable > 0) work.tell({ kind: "records-unreadable", records: unreadable });
  const outcomes = await Promise.all(
    [...namespaces].map(([namespace, suspects]) => maintainInTime(work, namespace, suspects, deadline)),
  );
  const { unchecked, failed, impossible } = notRepaired(outcomes);
  if (unchecked) work.tell({ kind: "check-failed", names: unchecked });
  if (failed) work.tell({ kind: "repair-failed", names: failed });
  if (impossible) work.tell({ kind: "repair-impossible", names: impossible });
  const first = firstRetried(outcomes);
  if (first === undefined) return { batchItemFailures: [] };
  // Everything from the first failure on is retried. Without a number to name it, the whole batch is.
  return { batchItemFailures: [{ itemIdentifier: records[first]?.dynamodb?.SequenceNumber ?? "" }] };
}

/** One namespace's outcome. Work that does not end when it is told to is waited for no longer than there is time. */
async function maintainInTime(
  work: BatchWork,
  namespace: string | undefined,
  suspects: ReadonlyMap<string, Suspect>,
  { signal, passed }: Deadline,
): Promise<NamespaceOutcome> {
  const tooLate = passed.then(
    (): NamespaceOutcome => ({ namespace, suspects, result: { kind: "unchecked", error: signal.reason } }),
  );
  return await Promise.race([maintainNamespace(work, namespace, suspects, signal), tooLate]);
}

async function maintainNamespace(
  work: BatchWork,
  namespace: string | undefined,
  suspects: ReadonlyMap<string, Suspect>,
  signal: AbortSignal,
): Promise<NamespaceOutcome> {
  const { table, tell } = work;
  tell({ kind: "names-suspected", namespace, names: suspects.size });
  try {
    const { drift, isMalformed } = await findDrift(work, namespace, suspects, signal);
    const repairs = await reconcile({ ...table, namespace }, drift, signal);
    const findings = confirmedFindings(drift, repairs);
    const outcome: NamespaceOutcome = { namespace, suspects, result: { kind: "decided", findings } };
    if (isMalformed || metMalformedRegistry(outcome)) tell({ kind: "registry-malformed", namespace });
    if (repairs.size > 0) tell({ kind: "reconciled", namespace, findings });
    return outcome;
  } catch (error) {
    return { namespace, suspects, result: { kind: "unchecked", error } };
  }
}

async function findDrift(
  { table, tell }: BatchWork,
  namespace: string | undefined,
  suspects: ReadonlyMap<string, Suspect>,
  signal: AbortSignal,
): Promise<{ drift: Drift; isMalformed: boolean }> {
  const registry = await readRegistry(table, namespace, signal);
  tell({ kind: "registry-read", namespace, bytes: registry.bytes });
  const asked = [...suspects].flatMap(([name, { relisted }]) => (relisted ? [name] : []));
  const existing = await readExisting(table, namespace, asked, signal);
  return { drift: driftAmong(suspects, registry.names, existing), isMalformed: registry.isMalformed };
}
