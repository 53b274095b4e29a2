import { bytes, count, isSame, number, ownerText } from "../state/format.ts";
import { useDeferredNames } from "../state/names.ts";
import type { PageState } from "../state/page-state.ts";
import { useStore } from "../state/store.ts";
import { AuditBar } from "./audit-bar.tsx";
import { ShardBars, SizeBar } from "./size-bar.tsx";
import { VirtualList } from "./virtual-list.tsx";

const ROW_PX = 28;

/** One registry: how full it is, and its names. */
export function NamesPanel({ state }: { state: PageState }) {
  const selected = useStore(state.selected);
  const registries = useStore(state.registries);
  const registry = registries?.registries.find((each) => isSame(each, selected));
  const status = registry?.status ?? null;
  return (
    <section class="panel names" aria-labelledby="names-title">
      <h2 id="names-title">{selected === null ? "Members" : ownerText(selected)}</h2>
      <dl class="facts">
        <Fact term="Names" value={status === null ? "–" : number(status.names)} />
        <Fact term="Fullest item" value={status === null ? "–" : `${bytes(fullest(status))} of 400 KB`} />
        <Fact term="Next write" value={status === null ? "–" : `${number(status.setWriteUnits)} WCU`} />
        <Fact term="99 together, each" value={status === null ? "–" : `${number(status.groupedWriteUnits)} WCU`} />
        <Fact term="List" value={status === null ? "–" : `${number(status.listReadUnits)} RCU`} />
      </dl>
      <div class="size">{status !== null && <SizeBar value={fullest(status)} limit={status.limitBytes} />}</div>
      {status !== null && <ShardBars status={status} />}
      <AuditBar state={state} />
      <NameList state={state} />
    </section>
  );
}

function fullest({ shards }: { shards: readonly { bytes: number }[] }): number {
  return Math.max(0, ...shards.map(({ bytes }) => bytes));
}

function Fact({ term, value }: { term: string; value: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function NameList({ state }: { state: PageState }) {
  const { search, setSearch, shown, total, markOf } = useDeferredNames(state);
  const member = useStore(state.member)?.member;
  const isLoaded = useStore(state.names) !== null;
  return (
    <>
      <div class="search">
        <input
          id="search"
          class="field"
          type="search"
          placeholder="Search names"
          aria-label="Search names"
          autoComplete="off"
          spellcheck={false}
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown" && event.key !== "Enter") return;
            event.preventDefault();
            document.getElementById("names")?.focus();
          }}
        />
        <kbd>/</kbd>
        <span class="found" role="status">
          {search === "" ? count(total, "name") : `${number(shown.length)} of ${number(total)}`}
        </span>
      </div>
      {shown.length > 0 ? (
        <VirtualList
          id="names"
          label="Names"
          count={shown.length}
          rowHeight={ROW_PX}
          keyOf={(index) => shown[index] ?? ""}
          isSelected={(index) => shown[index] === member?.name}
          onOpen={(index) => state.openMember(shown[index] ?? "")}
          render={(index) => <Name name={shown[index] ?? ""} search={search} mark={markOf(shown[index] ?? "")} />}
        />
      ) : (
        <div class="list empty">{isLoaded && <Empty state={state} search={search} />}</div>
      )}
    </>
  );
}

/** A name as text, with what was searched for marked. */
function Name({ name, search, mark }: { name: string; search: string; mark: "missing" | "orphaned" | undefined }) {
  const at = search === "" ? -1 : name.toLowerCase().indexOf(search.toLowerCase());
  return (
    <>
      <span class="name">
        {at < 0 ? (
          name
        ) : (
          <>
            {name.slice(0, at)}
            <mark>{name.slice(at, at + search.length)}</mark>
            {name.slice(at + search.length)}
          </>
        )}
      </span>
      {mark !== undefined && <span class="badge wrong">{mark}</span>}
    </>
  );
}

function Empty({ state, search }: { state: PageState; search: string }) {
  const table = useStore(state.table);
  const selected = useStore(state.selected);
  if (search !== "") return <p>No name has “{search}” in it.</p>;
  if (selected === null)
    return <p>Every registry here has scopes. Open one on the left, or audit the table: that finds them.</p>;
  if (table?.isLive) {
    return (
      <p>
        Nothing is listed yet. Press a button under <b>Break it</b> and watch it heal, or put a first item:{" "}
        <code>rollcall resource set gpt-4 -l rpm:500</code>
      </p>
    );
  }
  return (
    <p>
      Nothing is listed yet. If the table has members already, <code>rollcall registry backfill</code> lists them.
    </p>
  );
}
