import type { BatchRegistry, NameList } from "../../shared/page-events.ts";
import { bytes, count, duration, number, ownerText, time } from "../state/format.ts";
import type { StreamRow } from "../state/stream.ts";

type Batch = Extract<StreamRow["event"], { kind: "batch" }>;

/** One row of two lines: what came, and what it led to. */
export function StreamRowView({ row: { event } }: { row: StreamRow }) {
  switch (event.kind) {
    case "drift":
      return (
        <Lines at={event.at} tone="broken" first="Broken on purpose" second={`${ownerText(event)}: ${event.label}`} />
      );
    case "note":
      return (
        <Lines
          at={event.at}
          tone={event.tone === "problem" ? "failed" : "news"}
          first={event.tone === "problem" ? "Problem" : "News"}
          second={event.message}
        />
      );
    case "batch": {
      const isHealed = event.healedMs !== null;
      const tone = event.failure !== null ? "failed" : isHealed ? "healed" : "batch";
      return <Lines at={event.at} tone={tone} first={records(event)} second={outcome(event)} aside={healing(event)} />;
    }
  }
}

interface LinesProps {
  at: number;
  tone: string;
  first: string;
  second: string;
  aside?: string | undefined;
}

function Lines({ at, tone, first, second, aside }: LinesProps) {
  return (
    <div class={`event ${tone}`}>
      <span class="first">
        <time>{time(at)}</time>
        {first}
      </span>
      <span class="aside">{aside}</span>
      <span class="second">{second}</span>
    </div>
  );
}

/** All that is known of a row. */
export function RowDetail({ row: { event } }: { row: StreamRow }) {
  if (event.kind === "note") return <p>{event.message}</p>;
  if (event.kind === "drift") return <p>{`${ownerText(event)}: ${event.label}`}</p>;
  return (
    <>
      <p>
        {records(event)}
        {event.tookMs === null ? "" : `, handled in ${duration(event.tookMs)}`}
        {event.failure === null ? "" : `: ${event.failure}`}
      </p>
      {event.registries.map((each) => (
        <p key={ownerText(each)}>{`${ownerText(each)}: ${details(each)}`}</p>
      ))}
      {event.healedMs !== null && (
        <p>{`From the foreign write to the repair: ${healing(event)}${event.isExact ? "" : " (the stream tells the time of a write in whole seconds)"}`}</p>
      )}
    </>
  );
}

function records({ records: all, changes }: Batch): string {
  const kinds = Object.entries(changes).map(([kind, each]) => `${number(each)} ${kind}`);
  return `${count(all, "record")} (${kinds.join(", ")})`;
}

function outcome(event: Batch): string {
  if (event.failure !== null) return event.failure;
  const parts = event.registries.map((each) => `${ownerText(each)}: ${changed(each) || looked(each)}`);
  return parts.length === 0 ? "nothing of a registry in it" : parts.join(" · ");
}

function looked({ suspects, bytesRead }: BatchRegistry): string {
  return `${count(suspects, "suspect")}, ${bytes(bytesRead)} read, all right`;
}

function changed({ added, removed, dropped, unrepaired }: BatchRegistry): string {
  const right = dropped.count > 0 ? [`${names(dropped, "")} right by now`] : [];
  const wrong = unrepaired.length > 0 ? [`${count(unrepaired.length, "name")} not repaired`] : [];
  return [names(added, "+"), names(removed, "−"), ...right, ...wrong].filter((part) => part !== "").join(" ");
}

function details(registry: BatchRegistry): string {
  const reasons = registry.unrepaired.map(({ name, reason }) => `${name}: ${reason}`);
  return [looked(registry).replace(", all right", ""), changed(registry), ...reasons]
    .filter((part) => part !== "")
    .join("; ");
}

function names({ first, count: all }: NameList, sign: string): string {
  const shown = first.map((name) => `${sign}${name}`).join(" ");
  return all > first.length ? `${shown} and ${number(all - first.length)} more` : shown;
}

function healing({ healedMs, isExact }: Batch): string | undefined {
  return healedMs === null ? undefined : `healed in ${isExact ? "" : "about "}${duration(healedMs)}`;
}
