import { repairCommand } from "../pass/repair-command.ts";

/** `rollcall registry repair` */
export const registryRepair = repairCommand({
  verb: "repair",
  summary: "make a registry list exactly what is there",
  description:
    "Finds what audit finds, and repairs it: lists every item that is missing, and removes names without one. " +
    "May run at any time and beside any writers, for every repair checks in its own transaction that it is still right.",
  examples: [
    "rollcall registry repair --table limits --dry-run",
    "rollcall registry repair --table limits --all-namespaces --max-rcu 100",
    "rollcall registry repair --table limits --rebuild",
    "rollcall registry repair --table limits --all-namespaces --purge-leftovers",
  ],
});

/** `rollcall registry backfill`: the same command by another name. */
export const registryBackfill = repairCommand({
  verb: "backfill",
  summary: "fill a registry of a table that has none yet",
  description:
    "Lists every member of a table that was in use before it had a registry, 99 names a transaction. The same " +
    "command as repair: it may run beside writers, and any number of times.",
  examples: [
    "rollcall registry backfill --table limits --dry-run",
    "rollcall registry backfill --table limits --namespace rcof3sHx3fY --max-rcu 100",
  ],
});
