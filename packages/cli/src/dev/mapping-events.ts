import { formatMappingEvent, type MappingEvent } from "@rollcall/local";
import type { DevEvent } from "./dev-event.ts";

type Tellings = {
  [Kind in MappingEvent["kind"]]: (event: Extract<MappingEvent, { kind: Kind }>) => DevEvent | undefined;
};

const silent = () => undefined;
const problem = (event: MappingEvent): DevEvent => ({ event: "problem", message: formatMappingEvent(event) });
const stream = (event: MappingEvent): DevEvent => ({ event: "stream", message: formatMappingEvent(event) });

const TELLINGS: Tellings = {
  batch: ({ report }) => ({ event: "batch", ...report }),
  retrying: problem,
  iteratorExpired: silent,
  shardEnded: silent,
  recordsMayBeLost: problem,
  startedOver: problem,
  waitingForStream: stream,
  streamReplaced: stream,
};

/** What the local loop tells of an event of its mapping; `undefined` where that is nothing. */
export function mappingTelling(event: MappingEvent): DevEvent | undefined {
  return (TELLINGS[event.kind] as (event: MappingEvent) => DevEvent | undefined)(event);
}
