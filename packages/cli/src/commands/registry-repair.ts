import { defineCommand } from "../command-spec.ts";
import { PASS_DETAILS } from "../pass/pass-options.ts";
import { REPAIR_JSON, repairOptions, runRepair } from "../pass/repair-command.ts";

/** `rollcall registry repair` */
export const registryRepair = defineCommand({
  name: "registry repair",
  summary: "make the registry list exactly what has defaults",
  description:
    "Finds what audit finds, and repairs it: registers every default that is missing, and removes names without one. " +
    "May run at any time and beside any writers, for every repair checks in its own transaction that it is still right.",
  options: repairOptions,
  writes: true,
  json: REPAIR_JSON,
  details: PASS_DETAILS,
  examples: [
    "rollcall registry repair --table limits --dry-run",
    "rollcall registry repair --table limits --all-namespaces --max-rcu 100",
  ],
  run: (invocation) => runRepair("repair", invocation),
});
