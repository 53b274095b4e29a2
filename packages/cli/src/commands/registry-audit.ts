import { defineCommand } from "../command-spec.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { PASS_DETAILS, passOptions } from "../pass/pass-options.ts";
import { auditDocument, auditLines, namedAuditDocument, passNotes } from "../pass/report-lines.ts";
import { runPassCommand } from "../pass/run-pass-command.ts";

/** `rollcall registry audit` */
export const registryAudit = defineCommand({
  name: "registry audit",
  summary: "compare a registry with the items it lists",
  description:
    "Compares a registry with all of its members' items, in both directions, and writes nothing to the table. What looks wrong " +
    "is read again together with the registry, so that a busy table shows no drift that is not there. Exits with 3 " +
    "when there is drift.",
  options: passOptions,
  json:
    '{ "registered": 1, "defaults": 2, "missing": ["gpt-4"], "orphaned": [], "malformed": 0 }\n' +
    '  where there are some: "leftovers": ["gpt-3"], "flaws": { "unreadable": [{ "name", "reason" }], "staleBursts", "unindexed" }\n' +
    '  with --all-namespaces: { "namespaces": [{ "namespace": null, "registered", … }] }\n' +
    '  of a configuration\'s registries: { "registries": [{ "registry": "tenants", "scope": null, "registered", "members", … }] }',
  details: PASS_DETAILS,
  examples: [
    "rollcall registry audit --table limits",
    "rollcall registry audit --table limits --all-namespaces --max-rcu 100 --json",
  ],
  async run(call) {
    const { options } = call;
    const { reports, choice, titleOf, suggestFor } = await runPassCommand("audit", "audit", call, { inspect: true });
    const hasDrift = reports.some(({ missing, orphaned }) => missing.length + orphaned.length > 0);
    const { isResources, allScopes } = choice;
    const [only] = reports;
    const ofNamespaces = () =>
      allScopes || only === undefined
        ? { namespaces: reports.map((report) => ({ namespace: report.scope, ...auditDocument(report) })) }
        : auditDocument(only);
    const [item, member] = isResources ? (["default", "resource"] as const) : (["member", "member"] as const);
    return {
      json: isResources ? ofNamespaces() : { registries: reports.map(namedAuditDocument) },
      lines: reports.flatMap((report) => auditLines(titleOf(report), report, options.all === true, item)),
      notes: [
        ...passNotes(reports, member, {
          purge: suggestFor("registry repair", ["--purge-leftovers"]),
          indexKeys: suggestFor("registry repair", ["--index-keys"]),
        }),
        ...(hasDrift ? [`Repair the drift with: ${suggestFor("registry repair")}`] : []),
      ],
      exitCode: hasDrift ? EXIT_CODES.drift : EXIT_CODES.done,
    };
  },
});
