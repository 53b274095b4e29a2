import type { PageState } from "../state/page-state.ts";
import { useStore } from "../state/store.ts";

/** What went wrong and what was missed, over the page's foot: nothing moves for it. */
export function Notices({ state }: { state: PageState }) {
  const error = useStore(state.error);
  const { connection } = state.feed;
  const { state: heard, notice } = useStore(connection.state);
  const lost = heard === "lost" ? "The server has gone. Start it once more, and this page continues by itself." : null;
  return (
    <div class="notices" role="status" aria-label="Notices">
      {lost !== null && <p class="notice wrong">{lost}</p>}
      {error !== null && (
        <p class="notice wrong">
          {error}
          <button type="button" class="button" onClick={() => state.reload()}>
            Retry
          </button>
        </p>
      )}
      {lost === null && notice !== null && (
        <p class="notice">
          {notice}
          <button type="button" class="button" onClick={() => connection.dismiss()}>
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
}
