import { useState } from "preact/hooks";
import type { PageState } from "../state/page-state.ts";
import { useStore } from "../state/store.ts";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** What the page is about, whether it hears of it, and how it looks. */
export function Header({ state }: { state: PageState }) {
  const table = useStore(state.table);
  const { state: connection } = useStore(state.feed.connection.state);
  const words = {
    connecting: "connecting",
    open: table?.isLive === false ? "connected" : "live",
    lost: "reconnecting…",
  };
  return (
    <header class="top">
      <h1>
        <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
          <rect class="logo-line" x="2" y="4" width="9" height="2" rx="1" />
          <rect class="logo-line" x="2" y="9" width="7" height="2" rx="1" />
          <rect class="logo-line" x="2" y="14" width="6" height="2" rx="1" />
          <path class="logo-check" d="M10.5 12.2l2.8 2.8 5-7.5" />
        </svg>
        Rollcall
      </h1>
      <p class="where">
        <b>{table?.tableName ?? " "}</b>
        <span class="place">{table?.place}</span>
      </p>
      <span class={`pill ${connection}`} role="status">
        {words[connection]}
      </span>
      <span class="pill access">{table?.isWritable === false ? "read-only" : "read and repair"}</span>
      <ThemeSwitch />
    </header>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  document.documentElement.dataset.theme = theme;
  return (
    <label class="theme">
      <span class="unseen">Theme</span>
      <select
        value={theme}
        onChange={({ currentTarget }) => {
          localStorage.setItem("rollcall-theme", currentTarget.value);
          setTheme(currentTarget.value as Theme);
        }}
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}

function storedTheme(): Theme {
  const stored = localStorage.getItem("rollcall-theme");
  return THEMES.find((each) => each === stored) ?? "system";
}
