/** A part of the results page. */
interface Section {
  readonly title: string;
  readonly text: string;
  readonly tables: readonly string[];
  readonly plot?: { readonly file: string; readonly alt: string };
}

/** The page's parts in order. */
export const SECTIONS: readonly Section[] = [
  {
    title: "List all names",
    text:
      "In tables with a limiter's other items, about 230 bytes each. A Scan reads them all; a Query on the limiter's" +
      " keys-only index reads an entry a name, never strongly consistent, and the index costs a write unit more for every" +
      " item put, the other items included.",
    tables: ["list"],
    plot: { file: "list-against-table-size.svg", alt: "Read units a listing against the size of the table" },
  },
  {
    title: "Beside a sparse index",
    text:
      "An attribute that only member items have, a keys-only index on it and on the table's partition key, one Query; in a" +
      " table of member items alone, a registry of one's own beside it. Filling makes the list of members that were there" +
      " before, the Scan that finds them included. The index is never read strongly consistently.",
    tables: ["sparse index"],
  },
  {
    title: "One registry in many items",
    text:
      "Names of 12 bytes in 1 shard, 16 or 64. A lone create pays for its shard alone. A list of a million is one BatchGetItem for" +
      " every 100 shards and every 16 MB; by hand is the same by the SDK alone, its names sorted, and times are those of the" +
      " processor. The writers are 64 processes that do not know of each other, in simulated time, on a table in memory that takes" +
      " the transactions of one item one after the other, 5 ms each, and refuses 30% of them with a conflict.",
    tables: ["shards: create", "shards: list", "shards: writers"],
  },
  {
    title: "The library beside the bare SDK",
    text: "The same GetItem by the SDK alone, unsorted and unchecked.",
    tables: ["overhead"],
  },
  {
    title: "Create, update and delete, by one writer",
    text:
      "Names of 12 characters. One call after the other, so that nothing can be joined: a create costs Rollcall what it" +
      " costs in any way in which both items change together. The two calls are cheaper, and not atomic. To the other ways" +
      " an update is a set again, for they do not know whether the name is listed.",
    tables: ["size"],
    plot: { file: "writes-against-registry-size.svg", alt: "Write units a write against the size of the registry" },
  },
  {
    title: "Many concurrent creates",
    text:
      "In one process, all in the same moment, 1,000 names registered before: Rollcall joins up to 99 into a transaction." +
      " Optimistic writers stop after 10 tries. Costs are by write that was acknowledged.",
    tables: ["concurrent"],
    plot: { file: "creates-against-concurrency.svg", alt: "Write units a create against concurrent writers" },
  },
  {
    title: "Conflicts",
    text:
      "A share of all writes is refused with a transaction conflict, 1,000 names registered; which ones, the seed decides." +
      " Writers: one, 64 in one process, or 8 processes with 8 each. Costs are by write that was acknowledged; failed and" +
      " drift left by write that was tried.",
    tables: ["conflicts"],
  },
  {
    title: "Crashes",
    text:
      "A process is killed before each of its requests in turn, its first, its second and so on; several writers write in it" +
      " at the same time. Drift left is the mean over all these crashes.",
    tables: ["crashes"],
  },
  {
    title: "Maintain",
    text:
      "1,000 stream records in batches of 200, 1,000 other names registered: sets, which make two records each, and puts" +
      " that registered nothing. The other consumer is what is usually written: for each record of a default it reads the" +
      " default and the registry, and writes if they differ. It does not look at records of the registry, and can introduce drift." +
      " In one shard of the stream a set's records come in one batch and confirm each other; in two, each default is read.",
    tables: ["maintain"],
  },
  {
    title: "From a foreign write to its repair",
    text: "Through the event source mapping, as it is deployed and, as `rollcall dev` runs it, without the wait for a batch to fill. The stream is read every 250 ms in both: on average that is half of it before a record is met.",
    tables: ["repair time"],
  },
  {
    title: "Backfill",
    text:
      "Names that are not registered, in one pass over the table. A transaction a name, with a check that the default is" +
      " still there, was run for 1,000 names; for more its write units are computed, by a formula that these 1,000 confirm.",
    tables: ["backfill"],
  },
  {
    title: "Audit",
    text: "Beside a Scan of the same table for nothing but keys. Counts are with one segment, times with four.",
    tables: ["audit"],
  },
  {
    title: "The functions",
    text:
      "Bundled as they are deployed, in a process of their own on the pinned Node. The bare handler reads one item an" +
      " invocation; the stream function gets 200 clean records and reads what it takes to know that they are.",
    tables: ["function size", "function time"],
  },
  {
    title: "The command line",
    text:
      "As its package has it: a process beside a bare Node that does nothing, and beside a script that makes one GetItem with" +
      " the SDK and prints the names. CPU is the process's own, user and system.",
    tables: ["command time"],
  },
];
