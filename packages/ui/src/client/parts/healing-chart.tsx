import { useEffect, useState } from "preact/hooks";
import { count, number } from "../state/format.ts";
import type { PageState } from "../state/page-state.ts";
import { useStore } from "../state/store.ts";
import { BAR_MS, BARS } from "../state/stream.ts";

const HEIGHT = 36;

/** Names healed and not repaired in the last 15 minutes, ten seconds a bar. */
export function HealingChart({ state }: { state: PageState }) {
  const bars = useStore(state.feed.stream.bars);
  const now = useNow();
  const last = Math.floor(now / BAR_MS);
  const shown = Array.from({ length: BARS }, (_, i) => bars.get(last - BARS + 1 + i) ?? { healed: 0, unrepaired: 0 });
  const most = Math.max(4, ...shown.map(({ healed, unrepaired }) => healed + unrepaired));
  const healed = shown.reduce((sum, each) => sum + each.healed, 0);
  const unrepaired = shown.reduce((sum, each) => sum + each.unrepaired, 0);
  const scale = (value: number) => (value / most) * HEIGHT;
  const label = `15 minutes: ${count(healed + unrepaired, "name")} wrong, ${number(healed)} healed`;
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${BARS * 4} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {shown.map(({ healed: good, unrepaired: bad }, i) => (
          <g key={i}>
            <rect class="chart-base" x={i * 4 + 0.5} y={HEIGHT - 1} width="3" height="1" />
            {good > 0 && (
              <rect class="chart-healed" x={i * 4 + 0.5} y={HEIGHT - scale(good)} width="3" height={scale(good)} />
            )}
            {bad > 0 && (
              <rect class="chart-wrong" x={i * 4 + 0.5} y={HEIGHT - scale(good + bad)} width="3" height={scale(bad)} />
            )}
          </g>
        ))}
      </svg>
      <figcaption>{`${label}.`}</figcaption>
    </figure>
  );
}

/** The time, in steps of a bar. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), BAR_MS / 2);
    return () => clearInterval(timer);
  }, []);
  return Math.max(now, Date.now());
}
