import { useMemo, useState } from "preact/hooks";
import { isSame } from "./format.ts";
import type { PageState } from "./page-state.ts";
import { useStore } from "./store.ts";

/** How a name is wrong, as the last audit found it. */
type Mark = "missing" | "orphaned";

/** The names of the selected registry that have what is searched for in them, the missing ones of the last audit too. */
export function useDeferredNames(state: PageState) {
  const [search, setSearch] = useState("");
  const listed = useStore(state.names)?.names;
  const audit = useStore(state.audit);
  const selected = useStore(state.selected);
  const finding = audit.state === "done" ? audit.findings.find((each) => isSame(each, selected)) : undefined;
  const { names, marks } = useMemo(() => withMarks(listed ?? [], finding), [listed, finding]);
  const lowered = useMemo(() => names.map((name) => name.toLowerCase()), [names]);
  const shown = useMemo(() => {
    const wanted = search.toLowerCase();
    return wanted === "" ? names : names.filter((_, index) => lowered[index]?.includes(wanted));
  }, [names, lowered, search]);
  return { search, setSearch, shown, total: names.length, markOf: (name: string) => marks.get(name) };
}

/** What an audit found is marked as long as the registry still says the same. */
function withMarks(
  listed: readonly string[],
  finding: { missing: readonly string[]; orphaned: readonly string[] } | undefined,
): { names: readonly string[]; marks: ReadonlyMap<string, Mark> } {
  const marks = new Map<string, Mark>();
  if (finding === undefined || finding.missing.length + finding.orphaned.length === 0) return { names: listed, marks };
  const known = new Set(listed);
  const missing = finding.missing.filter((name) => !known.has(name));
  for (const name of missing) marks.set(name, "missing");
  for (const name of finding.orphaned) if (known.has(name)) marks.set(name, "orphaned");
  return { names: missing.length === 0 ? listed : [...listed, ...missing].sort(), marks };
}
