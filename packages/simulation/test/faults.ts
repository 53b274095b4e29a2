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
  },
];
