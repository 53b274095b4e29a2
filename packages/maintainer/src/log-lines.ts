import type { MaintainerEvent, MaintainerObserver, NameGroup, RegistryOwner } from "./events.ts";
import { firstNames, shortened } from "./first-names.ts";
import type { Findings } from "./repair/findings.ts";
import type { MaintainerLogger } from "./telemetry.ts";

/** One line of a maintainer's log. */
export interface LogLine {
  level: keyof MaintainerLogger;
  message: string;
  details: Record<string, unknown>;
}

type Lines = {
  [Kind in MaintainerEvent["kind"]]: (event: Extract<MaintainerEvent, { kind: Kind }>) => LogLine | undefined;
};

const silent = (): undefined => undefined;

/** What each event is in the log. A line stays below 64 KB however many and however long its names are. */
const LINES: Lines = {
  "records-malformed": ({ records }) => line("warn", "Passed over malformed records", { records }),
  "records-unreadable": ({ records }) =>
    line("warn", "Registry changes without both images: set the stream's view type to NEW_AND_OLD_IMAGES", { records }),
  "time-unknown": () =>
    line(
      "warn",
      "The time left is unknown: pass the invocation's context to the handler, which then answers in time",
      {},
    ),
  "names-suspected": silent,
  "registry-read": silent,
  "registry-malformed": ({ registry, scope }) =>
    line(
      "error",
      "A registry is no string set, so nothing can be repaired there: rebuild it with rollcall registry repair --rebuild",
      { registry, scope },
    ),
  reconciled: ({ registry, scope, findings }) => reconciledLine({ registry, scope }, findings),
  "check-failed": ({ names }) => groupLine("error", "Could not check names; their records are retried", names),
  "repair-failed": ({ names }) => groupLine("warn", "Could not repair names; their records are retried", names),
  "repair-impossible": ({ names }) => groupLine("error", "Names cannot be repaired as things are", names),
  "batch-failed": ({ error }) => line("error", "A batch failed as a whole; its records are retried", { error }),
  "batch-answered": silent,
};

/** What an event is in the log; `undefined` where it is only counted. */
export function logLineOf(event: MaintainerEvent): LogLine | undefined {
  return (LINES[event.kind] as (event: MaintainerEvent) => LogLine | undefined)(event);
}

/** An observer that writes to a log. */
export function logObserver(logger: MaintainerLogger): MaintainerObserver {
  return (event) => {
    const line = logLineOf(event);
    if (line !== undefined) logger[line.level](line.message, line.details);
  };
}

function line(level: LogLine["level"], message: string, details: Record<string, unknown>): LogLine {
  return { level, message, details };
}

function groupLine(level: LogLine["level"], message: string, { count, first, error }: NameGroup): LogLine {
  const names = first.map(({ registry, scope, name }) => ({ registry, scope, name: shortened(name) }));
  return line(level, message, { count, names, error });
}

/** The names that were decided, and how many of each list are not shown. */
function reconciledLine(owner: RegistryOwner, findings: Findings): LogLine | undefined {
  const lists: Record<string, string[]> = {
    added: findings.added,
    removed: findings.removed,
    dropped: findings.dropped,
  };
  if (Object.values(lists).every(({ length }) => length === 0)) return undefined;
  const details: Record<string, unknown> = { ...owner };
  const more: Record<string, number> = {};
  for (const [list, names] of Object.entries(lists)) {
    const first = firstNames(names);
    details[list] = first;
    if (first.length < names.length) more[list] = names.length - first.length;
  }
  if (Object.keys(more).length > 0) details.more = more;
  return line("info", "Reconciled names", details);
}
