import { useEffect } from "preact/hooks";
import { Header } from "./parts/header.tsx";
import { LivePanel } from "./parts/live-panel.tsx";
import { MemberPanel } from "./parts/member-panel.tsx";
import { NamesPanel } from "./parts/names-panel.tsx";
import { Notices } from "./parts/notices.tsx";
import { RegistriesPanel } from "./parts/registries-panel.tsx";
import type { PageState } from "./state/page-state.ts";
import { useStore } from "./state/store.ts";

/** The page. */
export function App({ state }: { state: PageState }) {
  const table = useStore(state.table);
  useEffect(() => listenToKeys(state), [state]);
  return (
    <div class={table?.isLive === false ? "page" : "page live"}>
      <Header state={state} />
      <main>
        <RegistriesPanel state={state} />
        <NamesPanel state={state} />
        <MemberPanel state={state} />
        {table?.isLive !== false && <LivePanel state={state} />}
      </main>
      <Notices state={state} />
    </div>
  );
}

/** `/` searches, `p` pauses the stream, Escape closes the member. */
function listenToKeys(state: PageState): () => void {
  const onKey = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === "Escape") {
      if (isTyping) (event.target as HTMLElement).blur();
      else state.member.value = null;
    }
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    } else if (event.key === "p") state.feed.stream.togglePause();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
