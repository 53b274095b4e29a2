import type { MaintainerEvent, MaintainerObserver } from "./events.ts";
import { RegistryMetrics } from "./registry-metrics.ts";
import type { Findings } from "./repair/findings.ts";
import type { MaintainerMetrics, maintainerMetrics } from "./telemetry.ts";

type Figure = readonly [metric: keyof typeof maintainerMetrics, value: number];

type Figures = {
  [Kind in MaintainerEvent["kind"]]: (event: Extract<MaintainerEvent, { kind: Kind }>) => readonly Figure[];
};

const none = (): readonly Figure[] => [];

/** What each event counts for. */
const FIGURES: Figures = {
  "records-malformed": ({ records }) => [["recordsMalformed", records]],
  "records-unreadable": ({ records }) => [["recordsUnreadable", records]],
  "time-unknown": none,
  "names-suspected": ({ names }) => [["namesChecked", names]],
  "registry-read": ({ bytes }) => [["registrySize", bytes]],
  "registry-malformed": none,
  reconciled: ({ findings }) => figuresOfFindings(findings),
  "check-failed": none,
  "repair-failed": none,
  "repair-impossible": none,
  "batch-failed": none,
  "batch-answered": none,
};

/** What an event counts for, in metrics. */
function figuresOf(event: MaintainerEvent): readonly Figure[] {
  return (FIGURES[event.kind] as (event: MaintainerEvent) => readonly Figure[])(event);
}

/** An observer that counts, and publishes at the end of each batch what there is. */
export function metricsObserver(metrics: MaintainerMetrics): MaintainerObserver {
  const figures = new RegistryMetrics(metrics);
  return (event) => {
    const registry = "registry" in event ? event.registry : undefined;
    for (const [metric, value] of figuresOf(event)) figures.count(metric, value, registry);
    if (event.kind === "batch-answered") figures.publish();
  };
}

function figuresOfFindings({ missing, orphaned, added, removed, dropped, unrepaired }: Findings): readonly Figure[] {
  return [
    ["namesMissing", missing.length],
    ["namesOrphaned", orphaned.length],
    ["namesRepaired", added.length + removed.length],
    ["namesDropped", dropped.length],
    ["namesUnrepairable", unrepaired.filter(({ isPermanent }) => isPermanent).length],
  ];
}
