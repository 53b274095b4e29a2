import type { RegistryAnswer } from "../../shared/answers.ts";
import { count, isSame, moment, number, ownerText } from "../state/format.ts";
import type { PageState } from "../state/page-state.ts";
import { useStore } from "../state/store.ts";
import { SizeBar } from "./size-bar.tsx";

/** Every registry of the table that the page knows. */
export function RegistriesPanel({ state }: { state: PageState }) {
  const answer = useStore(state.registries);
  const scoped = answer?.registries.filter(({ scoping }) => scoping !== "none") ?? [];
  const definitions = [...new Set(scoped.map(({ registry }) => registry))];
  return (
    <section class="panel registries" aria-labelledby="registries-title">
      <h2 id="registries-title">Registries</h2>
      <nav aria-label="Registries">
        {answer?.registries.map((each) => (
          <RegistryButton key={ownerText(each)} registry={each} state={state} />
        ))}
      </nav>
      {definitions.length > 0 && <ScopeForm definitions={definitions} state={state} />}
      <SweepLine state={state} />
    </section>
  );
}

function RegistryButton({ registry, state }: { registry: RegistryAnswer; state: PageState }) {
  const selected = useStore(state.selected);
  const audit = useStore(state.audit);
  const found = audit.state === "done" ? audit.findings.find((each) => isSame(each, registry)) : undefined;
  const drift = (found?.missing.length ?? 0) + (found?.orphaned.length ?? 0);
  const { status, error, scope } = registry;
  return (
    <button
      type="button"
      class="registry"
      aria-current={isSame(selected, registry)}
      onClick={() => state.select({ registry: registry.registry, scope })}
    >
      <span class="registry-name">
        {registry.registry}
        {scope !== null && <span class="scope"> {scope}</span>}
      </span>
      <span class="registry-count">{status === null ? "–" : number(status.names)}</span>
      {status !== null && <SizeBar value={largest(status)} limit={status.limitBytes} />}
      {error !== null && <span class="wrong">{error}</span>}
      {drift > 0 && <span class="wrong">{count(drift, "name")} wrong in the last audit</span>}
    </button>
  );
}

function largest({ shards }: NonNullable<RegistryAnswer["status"]>): number {
  return Math.max(0, ...shards.map(({ bytes }) => bytes));
}

/** A table has no list of scopes, so the user names one. */
function ScopeForm({ definitions, state }: { definitions: readonly string[]; state: PageState }) {
  return (
    <form
      class="scope-form"
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        const scope = String(data.get("scope"));
        if (scope !== "") state.openScope({ registry: String(data.get("registry")), scope });
      }}
    >
      {definitions.length > 1 ? (
        <select name="registry" aria-label="Registry">
          {definitions.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      ) : (
        <input type="hidden" name="registry" value={definitions[0]} />
      )}
      <input
        name="scope"
        class="field"
        placeholder="Open a scope…"
        aria-label="Scope"
        autoComplete="off"
        spellcheck={false}
      />
    </form>
  );
}

function SweepLine({ state }: { state: PageState }) {
  const sweep = useStore(state.registries)?.lastSweep;
  if (sweep === undefined) return null;
  if (sweep === null) return <p class="quiet">No sweep has completed on this table.</p>;
  return (
    <p class="quiet">
      Last sweep {moment(sweep.completedAt)}: {count(sweep.itemsScanned, "item")}, {number(sweep.missing)} missing,{" "}
      {number(sweep.orphaned)} orphaned, {number(sweep.repaired)} repaired.
    </p>
  );
}
