import { useRef, useState } from "preact/hooks";
import { count, number, ownerText } from "../state/format.ts";
import type { PageState } from "../state/page-state.ts";
import { useStore } from "../state/store.ts";
import { concerns, type StreamRow } from "../state/stream.ts";
import { DriftButtons } from "./drift-buttons.tsx";
import { HealingChart } from "./healing-chart.tsx";
import { RowDetail, StreamRowView } from "./stream-row.tsx";
import { VirtualList } from "./virtual-list.tsx";

const ROW_PX = 46;

/** What the loop does, as it does it. */
export function LivePanel({ state }: { state: PageState }) {
  return (
    <section class="panel stream" aria-labelledby="stream-title">
      <DriftButtons state={state} />
      <h2 id="stream-title">Stream</h2>
      <HealingChart state={state} />
      <StreamList state={state} />
    </section>
  );
}

function StreamList({ state }: { state: PageState }) {
  const { stream } = state.feed;
  const rows = useStore(stream.rows);
  const isPaused = useStore(stream.paused);
  const held = useStore(stream.held);
  const [filter, setFilter] = useState("");
  const [open, setOpen] = useState<StreamRow | null>(null);
  const registries = useStore(state.registries)?.registries ?? [];
  const owner = registries.find((each) => ownerText(each) === filter);
  const shown = owner === undefined ? rows : rows.filter((row) => concerns(row, owner));
  const prepended = usePrepended(shown);
  return (
    <>
      <div class="controls">
        <button type="button" class="button" aria-pressed={isPaused} onClick={() => stream.togglePause()}>
          {isPaused ? "Resume" : "Pause"}
        </button>
        <button type="button" class="button" onClick={() => stream.clear()}>
          Clear
        </button>
        <select
          aria-label="Registry to show"
          value={filter}
          onChange={({ currentTarget }) => setFilter(currentTarget.value)}
        >
          <option value="">all registries</option>
          {registries.map((each) => (
            <option key={ownerText(each)}>{ownerText(each)}</option>
          ))}
        </select>
        <span class="found">{isPaused ? `${number(held)} held` : count(shown.length, "row")}</span>
      </div>
      {shown.length > 0 ? (
        <VirtualList
          id="rows"
          label="Batches, newest first"
          count={shown.length}
          rowHeight={ROW_PX}
          prepended={prepended}
          keyOf={(index) => shown[index]?.key ?? ""}
          isSelected={(index) => shown[index]?.key === open?.key}
          onOpen={(index) => setOpen(shown[index] ?? null)}
          render={(index) => <StreamRowView row={shown[index] as StreamRow} />}
        />
      ) : (
        <div class="list empty">
          <p>Batches are shown here as they come. Break something above, or write to the table.</p>
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section class="detail" aria-label="The chosen row" tabIndex={0}>
        {open === null ? "Choose a row to read all of it." : <RowDetail row={open} />}
      </section>
    </>
  );
}

/** How many rows have come in at the top since the list is shown. */
function usePrepended(rows: readonly StreamRow[]): number {
  const seen = useRef({ key: "", total: 0 });
  const newest = rows[0]?.key ?? "";
  if (newest !== seen.current.key) {
    const at = rows.findIndex(({ key }) => key === seen.current.key);
    seen.current = { key: newest, total: seen.current.total + (at < 0 ? rows.length : at) };
  }
  return seen.current.total;
}
