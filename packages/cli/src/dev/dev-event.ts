import { type BatchReport, formatBatchReport } from "@rollcall/local";
import { printable } from "../terminal/printable.ts";
import type { ReconciledNames } from "./handler-messages.ts";

/** What happens in the local loop: one JSON object a line with `--json`, one readable line without. */
export type DevEvent =
  /** Everything runs. */
  | { event: "ready"; endpoint: string; table: string; engine: string }
  /** The mapping invoked the maintainer, or gave records up. */
  | ({ event: "batch" } & BatchReport)
  /** The maintainer repaired a registry. */
  | ({ event: "repair" } & ReconciledNames)
  /** Somebody broke the registry, as `--drift` asked. */
  | { event: "drift"; namespace?: string | undefined; drift: string }
  /** The handler's code changed and is in use. */
  | { event: "reload" }
  /** Something is wrong that somebody should look at. */
  | { event: "problem"; message: string }
  /** Everything has ended. */
  | { event: "stopped" };

/** A line for people. Whatever in it comes from storage is safe to print. */
export function formatDevEvent(event: DevEvent): string {
  switch (event.event) {
    case "ready":
      return `Ready: table ${event.table} on ${event.engine} at ${event.endpoint}`;
    case "batch":
      return `  batch   ${formatBatchReport(event)}`;
    case "repair": {
      const names = [
        ...event.added.map((name) => `+ ${printable(name)}`),
        ...event.removed.map((name) => `- ${printable(name)}`),
        ...event.dropped.map((name) => `${printable(name)} needs nothing any more`),
      ];
      return `  repair  ${where(event.namespace)}: ${names.join(", ")}`;
    }
    case "drift":
      return `  drift   ${where(event.namespace)}: ${event.drift}`;
    case "reload":
      return "  reload  the handler's code changed and is in use";
    case "problem":
      return `  problem ${event.message}`;
    case "stopped":
      return "Stopped: engine, mapping and maintainer have ended.";
  }
}

function where(namespace: string | undefined): string {
  return namespace === undefined ? "registry" : `registry of ${printable(namespace)}`;
}
