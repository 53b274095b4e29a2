import { count, duration, moment, number } from "../state/format.ts";
import type { PageState } from "../state/page-state.ts";
import { useStore } from "../state/store.ts";

/** Starts an audit, shows how far it is, and what it found. */
export function AuditBar({ state }: { state: PageState }) {
  const audit = useStore(state.audit);
  const isRunning = audit.state === "running";
  return (
    <div class="audit">
      <button type="button" class="button" onClick={() => (isRunning ? state.cancelAudit() : state.startAudit())}>
        {isRunning ? "Cancel" : "Audit"}
      </button>
      <p role="status">{describe(audit)}</p>
      {audit.state === "done" && (
        <details>
          <summary>Report</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
          <pre tabIndex={0}>{audit.text}</pre>
        </details>
      )}
    </div>
  );
}

function describe(audit: PageState["audit"]["value"]): string {
  switch (audit.state) {
    case "none":
      return "Compares every item with every registry. Writes nothing; reads the table once.";
    case "running": {
      const doing = audit.phase === "scan" ? "reading the table" : "looking up registered names";
      return `${doing}: ${count(audit.itemsScanned, "item")}, ${number(audit.readUnits)} RCU, ${number(audit.wrong)} wrong`;
    }
    case "done": {
      const sum = (kind: "missing" | "orphaned") => audit.findings.reduce((all, each) => all + each[kind].length, 0);
      const [missing, orphaned] = [sum("missing"), sum("orphaned")];
      const found = missing + orphaned === 0 ? "no drift" : `${number(missing)} missing, ${number(orphaned)} orphaned`;
      return `Last audit ${moment(audit.endedAt)}: ${found}, in ${duration(audit.endedAt - audit.startedAt)}`;
    }
    case "cancelled":
      return `Cancelled after ${count(audit.itemsScanned, "item")}. Nothing was written.`;
    case "failed":
      return audit.message;
  }
}
