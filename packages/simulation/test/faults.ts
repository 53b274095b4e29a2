import type { Violation } from "../src/promises/violation.ts";

/** A defect to plant into a source file, and what it breaks. */
export interface Fault {
  readonly name: string;
  /** Path below `packages/`. */
  readonly file: string;
  /** What stands there once. */
  readonly original: string;
  readonly faulty: string;
  /** The promises that it may break; the first of them that is seen counts. */
  readonly breaks: readonly Violation["kind"][];
  /** A seed that has shown it: it is tried first, for time's sake. Plans that change move it. */
  readonly seed?: number;
}

/** Defects such as one might make, each in the real code: the simulator must notice all of them. */
export const FAULTS: readonly Fault[] = [
  {
    name: "a repair without its condition",
    file: "maintainer/src/repair/reconcile.ts",
    original: 'change === "add" ? "attribute_exists(#pk)" : "attribute_not_exists(#pk)"',
    faulty: '"attribute_exists(#pk) OR attribute_not_exists(#pk)"',
    breaks: ["made-drift"],
  },
  {
    name: "a delete of the default before the registry's",
    file: "registry/src/member-writes.ts",
    original: "    const submit = () => commits.submit(write, signal);",
    faulty: `
    const submit = async () => {
      const { TransactWriteItemsCommand } = await import("@aws-sdk/client-dynamodb");
      const itemFirst = new TransactWriteItemsCommand({ TransactItems: [...write.actions] });
      if (write.change === "remove") await this.#client.send(itemFirst).catch(() => {});
      return commits.submit(write, signal);
    };`,
    breaks: ["made-drift", "lost-write"],
  },
  {
    name: "a conflict that is not retried",
    file: "registry/src/protocol/transitions.ts",
    original: `"set-contended": (flight) => unchanged(flight, "holding"),

`,
    faulty: `"set-contended": ({ entries }, { cause }) => rejectAll(entries, cause),

`,
    breaks: ["unexplained-error"],
  },
  {
    name: "records of the registry that are ignored",
    file: "maintainer/src/stream/suspects.ts",
    original: "registries.read(keys).map(",
    faulty: 'registries.read(keys).filter(({ kind }) => kind === "member").map(',
    breaks: ["left-drift"],
  },
  {
    name: "an eventually consistent read in the maintainer",
    file: "maintainer/src/repair/membership.ts",
    original: "{ TableName: tableName, Key, ConsistentRead: true }",
    faulty: "{ TableName: tableName, Key, ConsistentRead: false }",
    breaks: ["left-drift"],
    seed: 175,
  },
  {
    name: "a group commit that reorders the writes of a name",
    file: "registry/src/protocol/keyed-order.ts",
    original: "before === undefined ? work() : before.then(work)",
    faulty: "work()",
    breaks: ["lost-write"],
  },
  {
    name: "a checkpoint moved before the batch is done",
    file: "local/src/event-source-mapping/shards/shard-poller.ts",
    original: "  const batches = round.batches.map(async (batch) => {",
    faulty: `  for (const batch of round.batches) round.complete(batch);
  await save();
  const batches = round.batches.map(async (batch) => {`,
    breaks: ["left-drift"],
    seed: 104,
  },
  {
    name: "a maintainer that reads the registry for every name",
    file: "maintainer/src/stream/maintain-batch.ts",
    original: "    const listing = await readRegistry(table, { registry, shard }, signal);",
    faulty: `
    for (const _ of suspected.names) await readRegistry(table, { registry, shard }, signal);
    const listing = await readRegistry(table, { registry, shard }, signal);`,
    breaks: ["cost"],
  },
  {
    name: "a token that changes with every try",
    file: "registry/src/protocol/group-commit.ts",
    original: "new TransactWriteItemsCommand(memberTransaction(this.#set, writes, form, token));",
    faulty: "new TransactWriteItemsCommand(memberTransaction(this.#set, writes, form, randomUUID()));",
    breaks: ["lost-write"],
    seed: 27,
  },
  {
    name: "a full registry that cannot shrink, for each change completes its index keys",
    file: "registry/src/protocol/transitions.ts",
    original: "if (!form.completesSet) return rejectAll(entries, cause);",
    faulty: "if (form.completesSet) return rejectAll(entries, cause);",
    breaks: ["unexplained-error", "left-drift"],
    seed: 34,
  },
  {
    name: "a new token while an earlier attempt may still arrive",
    file: "registry/src/protocol/group-commit.ts",
    original: "if (doubtUntil === undefined || this.#retry.clock.now() >= doubtUntil) return false;",
    faulty: "if (doubtUntil === undefined || doubtUntil > 0) return false;",
    breaks: ["lost-write"],
    seed: 72,
  },
  {
    name: "a cursor that forgets the suspects of a scope without room",
    file: "maintainer/src/pass/scopes.ts",
    original: "const names = [...record.suspects];",
    faulty: "const names = record.refused.size > 0 ? [] : [...record.suspects];",
    breaks: ["left-drift"],
    seed: 89,
  },
  {
    name: "a state too large to be saved, so that every invocation begins where the last one did",
    file: "maintainer/src/sweep/sweep-store.ts",
    original: "if (itemSizeBytes(input.Item ?? {}) > MAX_STATE_BYTES)",
    faulty: "if (itemSizeBytes(input.Item ?? {}) > 1_200)",
    breaks: ["stuck"],
    seed: 30,
  },
  {
    name: "a busy registry that ends a whole pass",
    file: "maintainer/src/pass/decider.ts",
    original: "if (!repairs || !(error instanceof ContentionError)) throw error;",
    faulty: "if (error instanceof Error) throw error;",
    breaks: ["unexplained-error"],
    seed: 39,
  },
  {
    name: "a sweep that is overtaken by its own write, sent twice",
    file: "maintainer/src/sweep/sweep-store.ts",
    original: 'if (item?.writer?.S !== this.#writer) return "overtaken";',
    faulty: 'if (item !== undefined) return "overtaken";',
    breaks: ["false-alarm"],
    seed: 153,
  },
  {
    name: "one odd name that fails all of its transaction",
    file: "registry/src/protocol/refusal.ts",
    original: 'error.name === "ValidationException" || error.name === "SerializationException" || status === 413',
    faulty: 'error.name === "ValidationException"',
    breaks: ["unexplained-error"],
    seed: 10,
  },
  {
    name: "transactions that are closed by the number of their actions alone",
    file: "registry/src/protocol/waiting-list.ts",
    original: "actions <= MAX_MEMBER_ACTIONS && bytes <= MAX_MEMBER_BYTES",
    faulty: "actions <= MAX_MEMBER_ACTIONS",
    breaks: ["cost"],
    seed: 45,
  },
  {
    name: "a name refused for want of room that is there again",
    file: "registry/src/protocol/transitions.ts",
    original: "findRoom(names, found)",
    faulty: "findRoom(names, { ...found, freeBytes: 0 })",
    breaks: ["unexplained-error"],
    seed: 89,
  },
  {
    name: "halves of a transaction that share one back-off",
    file: "registry/src/protocol/transitions.ts",
    original: 'const half = { form, token: "new", backoff: "new", wait: "none" } as const;',
    faulty: 'const half = { form, token: "new", backoff: "same", wait: "none" } as const;',
    breaks: ["unexplained-error"],
    seed: 73,
  },
  {
    name: "a Scan that stays at one item a page",
    file: "maintainer/src/pass/page-size.ts",
    original: "const mayGrow = this.#units <= STEP_UNITS && scannedCount >= limit;",
    faulty: "const mayGrow = limit < 0;",
    breaks: ["cost"],
    seed: 10,
  },
  {
    name: "batches that are not charged to a pass's budget",
    file: "maintainer/src/pass/pass-reads.ts",
    original: "this.#budget.charge(group.length, used);",
    faulty: "",
    breaks: ["cost"],
    seed: 32,
  },
  {
    name: "orphans that no item can have, taken off one by one",
    file: "maintainer/src/repair/reconcile.ts",
    original: "...(unstorable.length > 0 ? [decideUnstorable(unstorable)] : []),",
    faulty: "...unstorable.map((name) => decideUnstorable([name])),",
    breaks: ["cost"],
    seed: 67,
  },
  {
    name: "names sent to a registry that was just seen to be full",
    file: "maintainer/src/pass/decider.ts",
    original: "if (size <= free) {",
    faulty: "if (size >= 0) {",
    breaks: ["cost"],
    seed: 86,
  },
  {
    name: "names without room that are counted each time they are decided",
    file: "maintainer/src/pass/decider.ts",
    original: "const isTold = (name: string): boolean => !refused.has(name) && !failed.has(name);",
    faulty: "const isTold = (name: string): boolean => !failed.has(name);",
    breaks: ["misreported"],
    seed: 189,
  },
  {
    name: "a key that reads back as another name",
    file: "registry/src/definition/template.ts",
    original: 'const at = first === "scope" ? text.indexOf(between) : text.lastIndexOf(between);',
    faulty: "const at = text.indexOf(between);",
    breaks: ["left-drift", "made-drift"],
    seed: 19,
  },
  {
    name: "a filter that lets a record slip, for another filter seems to include it",
    file: "maintainer/src/stream/record-filters.ts",
    original: "return KEYS.every((key) => narrow[key]",
    faulty: "return KEYS.some((key) => narrow[key]",
    breaks: ["left-drift"],
  },
  {
    name: "a second registry's record taken for the first's",
    file: "maintainer/src/registries/table-registries.ts",
    original: 'readings.push({ kind: "registry", listed, scope: registry.scope, shard: registry.shard });',
    faulty:
      'readings.push({ kind: "registry", listed: this.listed[0] as never, scope: registry.scope, shard: registry.shard });',
    breaks: ["made-drift", "left-drift"],
    seed: 20,
  },
  {
    name: "a name hashed to its shard by its UTF-16 units",
    file: "registry/src/definition/shards.ts",
    original: "crc32(member) % shards",
    faulty: 'crc32(Buffer.from(member, "latin1")) % shards',
    breaks: ["made-drift", "left-drift"],
  },
  {
    name: "a caller's condition that is always true",
    file: "registry/src/actions/action.ts",
    original: "(isEmptyText(body[name]) ? [] : [[name, body[name]]])",
    faulty:
      '(isEmptyText(body[name]) ? [] : [[name, String(body[name]).replace("attribute_not_exists(#pk)", "attribute_not_exists(#pk) OR attribute_exists(#pk)")]])',
    breaks: ["lost-write"],
  },
  {
    name: "a sweep whose means do not pay for a step, and that does not say so",
    file: "maintainer/src/sweep/sweep-run.ts",
    original: "if (this.#hasStalled()) this.#work.onStalled();",
    faulty: "",
    breaks: ["stuck"],
    seed: 185,
  },
];
