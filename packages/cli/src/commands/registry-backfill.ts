import { defineCommand } from "../command-spec.ts";
import { PASS_DETAILS } from "../pass/pass-options.ts";
import { REPAIR_JSON, repairOptions, runRepair } from "../pass/repair-command.ts";

/** `rollcall registry backfill` */
export const registryBackfill = defineCommand({
  name: "registry backfill",
  summary: "fill the registry of a table that has none yet",
  description:
    "Registers every default of a table that was in use before it had a registry, 99 names a transaction. The same work " +
    "as repair: it may run beside writers, and any number of times.",
  options: repairOptions,
  writes: true,
  json: REPAIR_JSON,
  details: PASS_DETAILS,
  examples: [
    "rollcall registry backfill --table limits --dry-run",
    "rollcall registry backfill --table limits --namespace rcof3sHx3fY --max-rcu 100",
  ],
  run: (invocation) => runRepair("backfill", invocation),
});
