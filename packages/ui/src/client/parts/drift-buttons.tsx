import { ownerText } from "../state/format.ts";
import type { PageState } from "../state/page-state.ts";
import { useStore } from "../state/store.ts";

/** Ways to break the selected registry, for all to see it heal. */
export function DriftButtons({ state }: { state: PageState }) {
  const drifts = useStore(state.table)?.drifts ?? [];
  const selected = useStore(state.selected);
  const refusals = drifts.filter(({ refused }) => refused !== null);
  return (
    <fieldset class="break" aria-labelledby="break-title">
      <h2 id="break-title">Break it</h2>
      <p class="quiet">
        What others do to {selected === null ? "a registry" : <b>{ownerText(selected)}</b>}, without Rollcall. It heals
        in about a second.
      </p>
      <div class="drifts">
        {drifts.map(({ id, label, title, refused }) => (
          <button
            key={id}
            type="button"
            class="button"
            title={title}
            disabled={refused !== null || selected === null}
            aria-describedby={refused === null ? undefined : "break-refused"}
            onClick={() => state.introduceDrift(id)}
          >
            {label}
          </button>
        ))}
      </div>
      {refusals.length > 0 && (
        <p id="break-refused" class="quiet">
          {refusals.map(({ label, refused }) => `${label}: ${refused}`).join(" ")}
        </p>
      )}
    </fieldset>
  );
}
