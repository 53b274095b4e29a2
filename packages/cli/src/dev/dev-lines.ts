import type { BatchReport } from "@rollcall/local";
import { fold } from "../terminal/fold.ts";
import { type Line, type Style, styled } from "../terminal/line.ts";
import { count } from "../terminal/output.ts";
import { oneLine, printableInList } from "../terminal/printable.ts";
import type { DevEvent } from "./dev-event.ts";
import { nameList, registryOf } from "./names.ts";
import type { Place } from "./place.ts";
import { whatToTry } from "./what-to-try.ts";

/** Columns before the text of a line that says what happened. */
const HANGING = 10;

/** An event as lines for people, each at most as wide as the place. */
export function devLines(event: DevEvent, place: Place): Line[] {
  const lines = (word: string, text: string, style?: Style): Line[] =>
    fold(`  ${word.padEnd(HANGING - 2)}${text}`, place.columns, HANGING).map((line) =>
      style === undefined ? line : styled(style, line),
    );
  switch (event.event) {
    case "ready":
      return whatToTry(event, place);
    case "batch":
      return lines("batch", describeBatch(event), event.outcome.kind === "succeeded" ? undefined : "failure");
    case "repair": {
      const repairs = describeRepairs(event);
      return repairs === "" ? [] : lines("repair", `${registryOf(event)}: ${repairs}`, "repair");
    }
    case "drift":
      return lines("drift", `${registryOf(event)}: ${event.drift}`, "drift");
    case "reload":
      return lines("reload", "the handler's code changed and is in use");
    case "stream":
      return lines("stream", oneLine(event.message));
    case "problem":
      return lines("problem", oneLine(event.message), "failure");
    case "stopped":
      return ["Stopped: engine, mapping and maintainer have ended."];
  }
}

/** What is not repaired has lines of its own. */
function describeRepairs({ added, removed, dropped }: Extract<DevEvent, { event: "repair" }>): string {
  return nameList([
    ...added.map((name) => `+ ${printableInList(name)}`),
    ...removed.map((name) => `- ${printableInList(name)}`),
    ...dropped.map((name) => `${printableInList(name)} is right by now`),
  ]);
}

function describeBatch({ records, events, outcome }: BatchReport): string {
  const kinds = Object.entries(events).map(([kind, number]) => `${number} ${kind}`);
  return `${count(records, "record")} (${kinds.join(", ")}) ${describeOutcome(outcome, records)}`;
}

function describeOutcome(outcome: BatchReport["outcome"], records: number): string {
  switch (outcome.kind) {
    case "succeeded":
      return `handled in ${outcome.durationMs} ms${outcome.warning === undefined ? "" : `, but ${oneLine(outcome.warning)}`}`;
    case "discarded":
      return `discarded after ${count(outcome.invocations, "invocation")}: ${outcome.condition}`;
    case "failed": {
      const how = outcome.done > 0 ? `${outcome.done} handled, ${records - outcome.done} failed` : "failed";
      return `${how} in ${outcome.durationMs} ms, ${describeNext(outcome.next)}: ${oneLine(outcome.error)}`;
    }
  }
}

function describeNext(next: Extract<BatchReport["outcome"], { kind: "failed" }>["next"]): string {
  switch (next.kind) {
    case "retry":
      return `retried in ${next.delayMs} ms`;
    case "split":
      return `split and retried in ${next.delayMs} ms`;
    case "discard":
      return "discarded";
    case "abandon":
      return "left for the next start";
  }
}
