import assert from "node:assert/strict";
import { MAX_ITEM_BYTES } from "./constants.ts";
import { MalformedItemError, RegistryFullError, type WriteOutcome } from "./errors.ts";
import type { MemberSet, SetForm } from "./member-set.ts";
import { MemberRefusedError, type Refusal, type RefusedAction, SetAbsentError } from "./refusal.ts";
import { type FoundSet, findRoom } from "./room.ts";
import type { Entry } from "./waiting-list.ts";

type Entries = readonly [Entry, ...Entry[]];

/** What a transition needs to know of a flight, the joined writes of one transaction. */
export interface FlightState {
  entries: Entries;
  form: SetForm;
  /**
   * Whether an attempt before the one that was refused may still take effect. As long as that is so, neither entries
   * nor form nor token change: they would be written beside what that attempt writes, and perhaps before it.
   */
  isInDoubt: boolean;
}

/** DynamoDB's answer to a flight, with what was looked up about it. */
export interface Refused {
  set: MemberSet;
  /** The set's item, where it was full when names were to be added and there is no doubt. */
  found?: FoundSet | undefined;
  cause: unknown;
}

/** A flight that follows a refused one. What renews is of its own; the rest is the refused flight's. */
export interface NextFlight {
  entries: Entries;
  form: SetForm;
  /** A token stays for as long as entries and form do. */
  token: "same" | "new";
  backoff: "same" | "new";
  /** Whether it waits for its back-off; `apart` from the writes behind it, or holding them up. */
  wait: "none" | "holding" | "apart";
}

/** What becomes of a refused flight: those that are told so, and those that fly again. Together, all of its entries. */
export interface Outcome {
  rejections: readonly { entry: Entry; error: unknown }[];
  next: readonly NextFlight[];
}

type Kind = Refusal["kind"];
type Transition<K extends Kind> = (
  flight: FlightState,
  refused: Refused,
  refusal: Extract<Refusal, { kind: K }>,
) => Outcome;

/** What follows a refusal when it answers all there is to answer. Complete by its type. */
const TRANSITIONS: { readonly [K in Kind]: Transition<K> } = {
  "set-contended": (flight) => unchanged(flight, "holding"),

  "set-existence": ({ entries, form }, { set, cause }) => {
    const [{ write }] = entries;
    if (write.change === "add") return rejectAll(entries, set.mustExist ? new SetAbsentError(cause) : cause);
    // Refused in both forms, it is being created and removed while we look.
    const wait = form.assumesSet ? "none" : "holding";
    return fly({ entries, form: { ...form, assumesSet: !form.assumesSet }, token: "new", backoff: "same", wait });
  },

  "set-full": (flight, refused) =>
    flight.entries[0].write.change === "add" ? giveRoom(flight, refused) : withoutCompletion(flight, refused),

  "set-malformed": ({ entries }, { set, cause }) => rejectAll(entries, malformedSet(set, cause)),

  members: ({ entries, form }, { cause }, { refused, contended }) => {
    const rejections = refusedMembers(entries, refused, cause);
    const busy = entries.filter((_, i) => contended.has(i));
    const others = entries.filter((_, i) => !refused.has(i) && !contended.has(i));
    const token = busy.length === entries.length ? "same" : "new";
    return {
      rejections,
      next: [
        ...(isFilled(busy) ? [{ entries: busy, form, token, backoff: "same", wait: "apart" } as const] : []),
        ...(isFilled(others) ? [{ entries: others, form, token: "new", backoff: "new", wait: "none" } as const] : []),
      ],
    };
  },

  invalid: ({ entries, form }, { cause }) => {
    const middle = Math.ceil(entries.length / 2);
    const [first, second] = [entries.slice(0, middle), entries.slice(middle)];
    if (!isFilled(first) || !isFilled(second)) return rejectAll(entries, cause);
    const half = { form, token: "new", backoff: "new", wait: "none" } as const;
    return {
      rejections: [],
      next: [
        { ...half, entries: first },
        { ...half, entries: second },
      ],
    };
  },

  failed: ({ entries }, { cause }) => rejectAll(entries, cause),
};

/**
 * What follows a refusal where an earlier attempt may still take effect: the same request again, whose answer then tells
 * of both. What no state of the table could have let pass is decided as ever.
 */
const TRANSITIONS_IN_DOUBT: { readonly [K in Kind]: Transition<K> } = {
  "set-contended": (flight) => unchanged(flight, "holding"),
  "set-existence": (flight) => unchanged(flight, "holding"),
  "set-full": (flight) => unchanged(flight, "holding"),
  "set-malformed": ({ entries }, { set, cause }) => rejectAll(entries, malformedSet(set, cause, "unknown")),
  // Where no entry is left, nothing is sent that could take effect beside the earlier attempt.
  members: (flight, { cause }, { refused }) =>
    refused.size === flight.entries.length
      ? { rejections: refusedMembers(flight.entries, refused, cause, "unknown"), next: [] }
      : unchanged(flight, "apart"),
  invalid: TRANSITIONS.invalid,
  failed: TRANSITIONS.failed,
};

/** The outcome of a refused flight. Pure: nothing is sent, told or waited for here. */
export function transition(flight: FlightState, refusal: Refusal, refused: Refused): Outcome {
  const table = flight.isInDoubt ? TRANSITIONS_IN_DOUBT : TRANSITIONS;
  const outcome = (table[refusal.kind] as Transition<Kind>)(flight, refused, refusal);
  const inFlight = outcome.next.reduce((count, { entries }) => count + entries.length, 0);
  assert.equal(outcome.rejections.length + inFlight, flight.entries.length, "every entry has one outcome");
  return outcome;
}

/** Refuses the names without room. Where it turns out that all have room, the set has shrunk meanwhile: they wait for it. */
function giveRoom({ entries, form }: FlightState, { set, found, cause }: Refused): Outcome {
  assert(found, "a full set is measured before names are refused");
  const names = entries.map(({ write }) => write.member);
  const { fitting, refused, completes } = findRoom(names, found);
  const { sizeBytes, members } = found;
  const registry = { sizeBytes, limitBytes: MAX_ITEM_BYTES, names: members.size, shard: set.shard };
  const rejections = refused.flatMap((i) => {
    const entry = entries[i];
    return entry ? [{ entry, error: new RegistryFullError(registry, entry.write.member, { cause }) }] : [];
  });
  const rest = fitting.flatMap((i) => entries[i] ?? []);
  const completesSet = form.completesSet && completes;
  if (!isFilled(rest)) return { rejections, next: [] };
  const isChanged = refused.length > 0 || completesSet !== form.completesSet;
  const next = isChanged
    ? ({ entries: rest, form: { ...form, completesSet }, token: "new", backoff: "same", wait: "none" } as const)
    : ({ entries: rest, form, token: "same", backoff: "same", wait: "holding" } as const);
  return { rejections, next: [next] };
}

/** A removal never grows a set, but for the attributes that it completes: it does without them. */
function withoutCompletion({ entries, form }: FlightState, { cause }: Refused): Outcome {
  if (!form.completesSet) return rejectAll(entries, cause);
  return fly({ entries, form: { ...form, completesSet: false }, token: "new", backoff: "same", wait: "none" });
}

function refusedMembers(
  entries: Entries,
  refused: ReadonlyMap<number, RefusedAction>,
  cause: unknown,
  outcome?: WriteOutcome,
): Outcome["rejections"] {
  return [...refused].flatMap(([i, action]) => {
    const entry = entries[i];
    return entry ? [{ entry, error: new MemberRefusedError(entry.write.member, action, cause, outcome) }] : [];
  });
}

function unchanged({ entries, form }: FlightState, wait: NextFlight["wait"]): Outcome {
  return fly({ entries, form, token: "same", backoff: "same", wait });
}

function fly(next: NextFlight): Outcome {
  return { rejections: [], next: [next] };
}

function rejectAll(entries: Entries, error: unknown): Outcome {
  return { rejections: entries.map((entry) => ({ entry, error })), next: [] };
}

function malformedSet({ key, attribute }: MemberSet, cause: unknown, outcome?: "unknown"): MalformedItemError {
  const plainKey = Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value.S ?? ""]));
  const problem = `its attribute ${attribute} is not a string set; remove that attribute, then fill the registry again`;
  return new MalformedItemError(plainKey, problem, { cause, outcome });
}

function isFilled(list: readonly Entry[]): list is Entries {
  return list.length > 0;
}
