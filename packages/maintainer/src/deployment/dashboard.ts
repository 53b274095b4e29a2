import {
  DRIFT_AGE_ALARM_SECONDS,
  deadLetterSeries,
  functionSeries,
  maintainerSeries,
  mappingSeries,
  REGISTRY_ALARM_BYTES,
  type Series,
} from "./alarms.ts";

type Line = readonly [series: Series, statistic: "Maximum" | "Sum", label: string];

interface Chart {
  title: string;
  lines: readonly Line[];
  /** Where an alarm rings, drawn as a horizontal line. */
  mark?: { label: string; value: number };
}

/** A widget of CloudWatch's dashboard body. */
export type Widget = Readonly<Record<string, unknown>>;

/** CloudWatch's grid has 24 columns. */
const CHARTS_PER_ROW = 2;
const CHART = { width: 24 / CHARTS_PER_ROW, height: 6 };
const ALARMS_HEIGHT = 3;

const CHARTS: readonly Chart[] = [
  {
    title: "Drift found and healed: stream",
    lines: [
      [maintainerSeries("stream", "namesMissing"), "Sum", "missing"],
      [maintainerSeries("stream", "namesOrphaned"), "Sum", "orphaned"],
      [maintainerSeries("stream", "namesRepaired"), "Sum", "repaired"],
    ],
  },
  {
    title: "Drift found and healed: sweep",
    lines: [
      [maintainerSeries("sweep", "namesMissing"), "Sum", "missing"],
      [maintainerSeries("sweep", "namesOrphaned"), "Sum", "orphaned"],
      [maintainerSeries("sweep", "namesRepaired"), "Sum", "repaired"],
    ],
  },
  {
    title: "Needs an operator",
    lines: [
      [maintainerSeries("stream", "namesUnrepairable"), "Sum", "unrepairable names (stream)"],
      [maintainerSeries("sweep", "namesUnrepairable"), "Sum", "unrepairable names (sweep)"],
      [maintainerSeries("stream", "recordsMalformed"), "Sum", "malformed records"],
      [maintainerSeries("stream", "recordsUnreadable"), "Sum", "registry changes without images"],
      [deadLetterSeries(), "Maximum", "dead letters"],
    ],
  },
  {
    title: "Largest registry (bytes)",
    lines: [
      [maintainerSeries("stream", "registrySize"), "Maximum", "seen by the stream"],
      [maintainerSeries("sweep", "registrySize"), "Maximum", "seen by the sweep"],
    ],
    mark: { label: "near its limit", value: REGISTRY_ALARM_BYTES },
  },
  {
    title: "How late the stream is read (ms)",
    lines: [[functionSeries("stream", "IteratorAge"), "Maximum", "iterator age"]],
  },
  {
    title: "Oldest drift that may be unseen (s)",
    lines: [[maintainerSeries("sweep", "driftAge"), "Maximum", "since the last whole sweep began"]],
    mark: { label: "overdue", value: DRIFT_AGE_ALARM_SECONDS },
  },
  {
    title: "Work",
    lines: [
      [maintainerSeries("stream", "namesChecked"), "Sum", "names checked (stream)"],
      [maintainerSeries("sweep", "namesChecked"), "Sum", "names checked (sweep)"],
      [maintainerSeries("sweep", "sweepPages"), "Sum", "pages swept"],
    ],
  },
  {
    title: "Records of the stream",
    lines: [
      [mappingSeries("PolledEventCount"), "Sum", "read"],
      [mappingSeries("FilteredOutEventCount"), "Sum", "filtered out"],
      [mappingSeries("FailedInvokeEventCount"), "Sum", "in failed batches"],
      [mappingSeries("OnFailureDestinationDeliveredEventCount"), "Sum", "dead letters"],
      [mappingSeries("DroppedEventCount"), "Sum", "dropped"],
    ],
  },
  {
    title: "Failures",
    lines: [
      [functionSeries("stream", "Errors"), "Sum", "stream: errors"],
      [functionSeries("stream", "Throttles"), "Sum", "stream: throttles"],
      [functionSeries("sweep", "Errors"), "Sum", "sweep: errors"],
      [functionSeries("sweep", "Throttles"), "Sum", "sweep: throttles"],
    ],
  },
];

/**
 * A dashboard's widgets: the alarms on top, for a glance; below, whether registries are true, whether their maintainer
 * keeps up, and how much room is left.
 */
export function describeDashboard(alarms: readonly { name: string }[]): Widget[] {
  const glance = {
    type: "alarm",
    x: 0,
    y: 0,
    width: 24,
    height: ALARMS_HEIGHT,
    properties: { title: "Alarms", alarms: alarms.map(({ name }) => `{${name}AlarmArn}`) },
  };
  return [glance, ...CHARTS.map(widget)];
}

function widget({ title, lines, mark }: Chart, position: number): Widget {
  return {
    type: "metric",
    x: (position % CHARTS_PER_ROW) * CHART.width,
    y: ALARMS_HEIGHT + Math.floor(position / CHARTS_PER_ROW) * CHART.height,
    ...CHART,
    properties: {
      title,
      region: "{Region}",
      view: "timeSeries",
      period: 300,
      metrics: lines.map(([{ namespace, metricName, dimensions }, stat, label]) => [
        namespace,
        metricName,
        ...Object.entries(dimensions).flat(),
        { stat, label },
      ]),
      ...(mark && { annotations: { horizontal: [mark] } }),
    },
  };
}
