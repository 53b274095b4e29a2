import type { EventFrame } from "../../shared/page-events.ts";
import { renewToken } from "./server.ts";
import { Store } from "./store.ts";

/** Milliseconds until a lost connection is opened once more. */
const RETRY_MS = 500;

/** Whether the page hears of its server, and what it missed when it last did not. */
export interface ConnectionState {
  readonly state: "connecting" | "open" | "lost";
  /** What to say of the last interruption. */
  readonly notice: string | null;
}

/** The page's end of the stream of events. It reconnects by itself, and says what was missed. */
export class Connection {
  readonly state = new Store<ConnectionState>({ state: "connecting", notice: null });
  readonly #onFrame: (frame: EventFrame) => void;
  readonly #onRestart: () => void;
  #last = "";
  #boot: string | undefined;
  #lostAt: number | undefined;

  constructor(onFrame: (frame: EventFrame) => void, onRestart: () => void) {
    this.#onFrame = onFrame;
    this.#onRestart = onRestart;
  }

  open(): void {
    const source = new EventSource(`/api/events?after=${encodeURIComponent(this.#last)}`);
    source.onmessage = ({ data, lastEventId }) => {
      this.#last = lastEventId;
      void this.#take(JSON.parse(data) as EventFrame);
    };
    source.onerror = () => {
      source.close();
      this.#lostAt ??= Date.now();
      this.state.value = { ...this.state.value, state: "lost" };
      setTimeout(() => this.open(), RETRY_MS);
    };
  }

  dismiss(): void {
    this.state.value = { ...this.state.value, notice: null };
  }

  async #take(frame: EventFrame): Promise<void> {
    const isRestarted = this.#boot !== undefined && this.#boot !== frame.boot;
    const lostAt = this.#lostAt;
    this.#boot = frame.boot;
    this.#lostAt = undefined;
    this.#onFrame(frame);
    if (isRestarted) await renewToken();
    const notice = lostAt === undefined ? missedNotice(frame) : interruption(frame, lostAt, isRestarted);
    if (notice !== undefined || this.state.value.state !== "open") {
      this.state.value = { state: "open", notice: notice ?? this.state.value.notice };
    }
    if (lostAt !== undefined) this.#onRestart();
  }
}

function missedNotice({ missed }: EventFrame): string | undefined {
  return missed === 0 ? undefined : `${missed.toLocaleString()} events came faster than this page could read them.`;
}

/** What was missed while there was no connection. */
function interruption({ missed, events }: EventFrame, lostAt: number, isRestarted: boolean): string {
  const seconds = Math.max(1, Math.round((Date.now() - lostAt) / 1_000));
  const [what, since] = isRestarted ? ["Restarted", "since its start"] : ["Reconnected", "meanwhile"];
  const batches = events.filter(({ event }) => event.kind === "batch").length;
  const came = `${batches} ${batches === 1 ? "batch" : "batches"} ${since}`;
  const lost = missed > 0 ? ` ${missed.toLocaleString()} events are lost.` : "";
  const before = isRestarted ? " What was in flight when it ended is not shown; all registries were read afresh." : "";
  return `${what} after ${seconds} s away: ${came}.${lost}${before}`;
}
