import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";
import type { MaintainerObserver, RegistryOwner } from "../events.ts";
import type { ScopedRegistry, TableRegistries } from "../registries/table-registries.ts";
import { type Findings, mergedFindings } from "../repair/findings.ts";
import { type RegistrySnapshot, readExisting, readRegistry, type TableReader } from "../repair/membership.ts";
import { reconcile, removeStrays, type StrayNames } from "../repair/reconcile.ts";
import {
  confirmedFindings,
  driftAmong,
  firstRetried,
  type Listings,
  metMalformedRegistry,
  notRepaired,
  type RegistryOutcome,
  straysAmong,
  undecided,
} from "./outcomes.ts";
import { collectSuspects, type RegistrySuspects } from "./suspects.ts";
import type { Deadline } from "./time-left.ts";

/** What a batch is handled with. */
export interface BatchWork {
  table: TableReader;
  registries: TableRegistries;
  tell: MaintainerObserver;
}

/** Checks and repairs what the records of one batch make suspect, every registry by itself and all concurrently. */
export async function maintainBatch(
  work: BatchWork,
  records: readonly DynamoDBRecord[],
  deadline: Deadline,
): Promise<DynamoDBBatchResponse> {
  const { registries, malformed, unreadable } = collectSuspects(records, work.registries);
  if (malformed > 0) work.tell({ kind: "records-malformed", records: malformed });
  if (unreadable > 0) work.tell({ kind: "records-unreadable", records: unreadable });
  const outcomes = await Promise.all(registries.map((suspected) => maintainInTime(work, suspected, deadline)));
  const { unchecked, failed, impossible } = notRepaired(outcomes);
  if (unchecked) work.tell({ kind: "check-failed", names: unchecked });
  if (failed) work.tell({ kind: "repair-failed", names: failed });
  if (impossible) work.tell({ kind: "repair-impossible", names: impossible });
  const first = firstRetried(outcomes);
  if (first === undefined) return { batchItemFailures: [] };
  // Everything from the first failure on is retried. Without a number to name it, the whole batch is.
  return { batchItemFailures: [{ itemIdentifier: records[first]?.dynamodb?.SequenceNumber ?? "" }] };
}

/** One registry's outcome. Work that does not end when it is told to is waited for no longer than there is time. */
async function maintainInTime(
  work: BatchWork,
  suspected: RegistrySuspects,
  { signal, passed }: Deadline,
): Promise<RegistryOutcome> {
  const tooLate = passed.then(
    (): RegistryOutcome => ({ suspected, result: { kind: "unchecked", error: signal.reason } }),
  );
  return await Promise.race([maintainRegistry(work, suspected, signal), tooLate]);
}

async function maintainRegistry(
  work: BatchWork,
  suspected: RegistrySuspects,
  signal: AbortSignal,
): Promise<RegistryOutcome> {
  const { tell } = work;
  const owner = ownerOf(suspected.registry);
  tell({ kind: "names-suspected", ...owner, names: suspected.names.size });
  try {
    const listings = await readListings(work, suspected, signal);
    const { findings, repairCount } = await repairDrift(work, suspected, listings, signal);
    const outcome: RegistryOutcome = { suspected, result: { kind: "decided", findings } };
    const isMalformed = listings.values().some((listing) => listing.isMalformed);
    if (isMalformed || metMalformedRegistry(outcome)) tell({ kind: "registry-malformed", ...owner });
    if (repairCount > 0) tell({ kind: "reconciled", ...owner, findings });
    return outcome;
  } catch (error) {
    return { suspected, result: { kind: "unchecked", error } };
  }
}

/** Reads each item of the registry that may be wrong about its suspects. */
async function readListings(
  { table, tell }: BatchWork,
  suspected: RegistrySuspects,
  signal: AbortSignal,
): Promise<Map<number, RegistrySnapshot>> {
  const { registry, shards } = suspected;
  const reads = [...shards].map(async (shard) => {
    const listing = await readRegistry(table, { registry, shard }, signal);
    tell({ kind: "registry-read", ...ownerOf(registry), bytes: listing.bytes });
    return [shard, listing] as const;
  });
  return new Map(await Promise.all(reads));
}

/** Finds drift and repairs it: first where names belong, then where they do not, so that no list lacks one meanwhile. */
async function repairDrift(
  { table }: BatchWork,
  suspected: RegistrySuspects,
  listings: Listings,
  signal: AbortSignal,
): Promise<{ findings: Findings; repairCount: number }> {
  const { registry } = suspected;
  const existing = await readExisting(table, registry, undecided(suspected, listings), signal);
  const drift = driftAmong(suspected, listings, existing);
  const wasAbsent = listings.values().every(({ bytes }) => bytes === 0);
  const repairs = await reconcile({ ...table, registry, wasAbsent }, drift, signal);
  const findings = confirmedFindings(drift, repairs);
  const strays = straysAmong(suspected, listings);
  if (strays.size === 0) return { findings, repairCount: repairs.size };
  const isUnrepaired = new Set(findings.unrepaired.map(({ name }) => name));
  const removals = await removeStrays({ ...table, registry }, without(strays, isUnrepaired), signal);
  const ofStrays = confirmedFindings({ missing: [], orphaned: [...removals.keys()] }, removals);
  return { findings: mergedFindings(findings, ofStrays), repairCount: repairs.size + removals.size };
}

/** Strays without names that are listed nowhere else yet. */
function without(strays: StrayNames, names: ReadonlySet<string>): StrayNames {
  const left = [...strays].map(([shard, listed]) => [shard, listed.filter((name) => !names.has(name))] as const);
  return new Map(left.filter(([, listed]) => listed.length > 0));
}

function ownerOf({ definition, scope }: ScopedRegistry): RegistryOwner {
  return { registry: definition.name, scope };
}
