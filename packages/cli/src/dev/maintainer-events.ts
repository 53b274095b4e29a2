import type { MaintainerEvent, NameGroup, RegistryOwner } from "@rollcall/maintainer";
import { MalformedItemError } from "@rollcall/registry";
import { shellQuoted } from "../explain/suggest.ts";
import { count } from "../terminal/output.ts";
import { printableInList } from "../terminal/printable.ts";
import type { DevDetail, DevEvent } from "./dev-event.ts";
import type { CommandWords } from "./handler-messages.ts";
import { nameList, ofRegistry, registryOf } from "./names.ts";

/** What of a maintainer's events the local loop tells: data that a thread can send, and words that a line can hold. */
type MaintainerTelling = Extract<DevEvent, { event: "repair" | "problem" }> | DevDetail;

type Tellings = {
  [Kind in MaintainerEvent["kind"]]: (
    event: Extract<MaintainerEvent, { kind: Kind }>,
    words: CommandWords,
  ) => MaintainerTelling | undefined;
};

const silent = () => undefined;

const TELLINGS: Tellings = {
  "records-malformed": ({ records }) => problem(`${count(records, "record")} passed over: not as DynamoDB sends them`),
  "records-unreadable": () =>
    problem("a registry's change cannot be read: the stream's view type must be NEW_AND_OLD_IMAGES"),
  "time-unknown": silent,
  "names-suspected": ({ names, registry, scope }) => ({ event: "suspected", names, registry, scope }),
  "registry-read": ({ bytes, registry, scope }) => ({ event: "registry-read", bytes, registry, scope }),
  "registry-malformed": (event, words) => problem(malformedRegistry(event, words)),
  reconciled: ({ registry, scope, findings: { added, removed, dropped, unrepaired } }) => ({
    event: "repair",
    registry,
    scope,
    added,
    removed,
    dropped,
    unrepaired: unrepaired.map(({ name, reason }) => ({ name, reason })),
  }),
  "check-failed": ({ names }) => problem(`${namesText(names)} could not be checked, and will be: ${reasonOf(names)}`),
  "repair-failed": ({ names }) => problem(`${namesText(names)} could not be repaired, and will be: ${reasonOf(names)}`),
  "repair-impossible": ({ names }) =>
    names.error instanceof MalformedItemError // it has its own event
      ? undefined
      : problem(`${namesText(names)} cannot be repaired as things are: ${reasonOf(names)}`),
  "batch-failed": ({ error }) => problem(`a batch failed as a whole: ${messageOf(error)}`),
  "batch-answered": silent,
};

/**
 * What the local loop tells of an event of its maintainer; `undefined` where that is nothing.
 *
 * @param words for commands to copy
 */
export function maintainerTelling(event: MaintainerEvent, words: CommandWords): MaintainerTelling | undefined {
  const tell = TELLINGS[event.kind] as (event: MaintainerEvent, words: CommandWords) => MaintainerTelling | undefined;
  return tell(event, words);
}

function problem(message: string): MaintainerTelling {
  return { event: "problem", message };
}

/** The one line that says what is wrong with it, and what to do. */
function malformedRegistry(owner: RegistryOwner, { program, configWords }: CommandWords): string {
  const { registry, scope } = owner;
  const options = [
    ...(configWords === undefined ? [] : ["--registry", registry]),
    ...(scope === undefined ? [] : [configWords === undefined ? "--namespace" : "--scope", shellQuoted(scope)]),
    ...(configWords ?? []).map(shellQuoted),
  ];
  const rebuild = [program, "registry repair --rebuild", ...options].join(" ");
  return `the ${registryOf(owner)} is no string set, so it lists nothing; rebuild it: ${rebuild}`;
}

function namesText({ count: total, first }: NameGroup): string {
  const names = first.map(({ name, ...owner }) => printableInList(name) + ofRegistry(owner));
  return `${count(total, "name")} (${nameList(names, total)})`;
}

function reasonOf({ error }: NameGroup): string {
  return messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
