import {
  DRIFT_AGE_ALARM_SECONDS,
  functionSeries,
  maintainerSeries,
  mappingSeries,
  queueSeries,
  REGISTRY_ALARM_BYTES,
  type Series,
} from "./alarms.ts";
import type { Maintainer } from "./maintenance.ts";

type Line = readonly [series: Series, statistic: "Maximum" | "Sum", label: string];

interface Chart {
  title: string;
  lines: readonly Line[];
  /** Where an alarm rings, drawn as a horizontal line. */
  mark?: { label: string; value: number };
}

/** CloudWatch's grid has 24 columns. */
const CHARTS_PER_ROW = 2;
const CHART = { width: 24 / CHARTS_PER_ROW, height: 6 };
const ALARMS_HEIGHT = 3;

/**
 * A dashboard's body: the alarms on top, for a glance; below, whether the registry is true, whether its maintainer keeps
 * up, and how much room is left.
 */
export function dashboardBody(
  maintainer: Maintainer,
  alarmArns: $util.Input<string>[],
  region: $util.Input<string>,
): $util.Output<string> {
  const charts = [...truthCharts(maintainer), ...workCharts(maintainer)];
  const alarms = {
    type: "alarm",
    width: 24,
    height: ALARMS_HEIGHT,
    properties: { title: "Alarms", alarms: alarmArns },
  };
  return $jsonStringify({
    widgets: [{ ...alarms, x: 0, y: 0 }, ...charts.map((chart, i) => widget(chart, i, region))],
  });
}

/** Whether the registries are true, and how much room is left. */
function truthCharts(maintainer: Maintainer): Chart[] {
  return [
    {
      title: "Drift found and healed: stream",
      lines: [
        [maintainerSeries(maintainer, "stream", "namesMissing"), "Sum", "missing"],
        [maintainerSeries(maintainer, "stream", "namesOrphaned"), "Sum", "orphaned"],
        [maintainerSeries(maintainer, "stream", "namesRepaired"), "Sum", "repaired"],
      ],
    },
    {
      title: "Drift found and healed: sweep",
      lines: [
        [maintainerSeries(maintainer, "sweep", "namesMissing"), "Sum", "missing"],
        [maintainerSeries(maintainer, "sweep", "namesOrphaned"), "Sum", "orphaned"],
        [maintainerSeries(maintainer, "sweep", "namesRepaired"), "Sum", "repaired"],
      ],
    },
    {
      title: "Needs an operator",
      lines: [
        [maintainerSeries(maintainer, "stream", "namesUnrepairable"), "Sum", "unrepairable names (stream)"],
        [maintainerSeries(maintainer, "sweep", "namesUnrepairable"), "Sum", "unrepairable names (sweep)"],
        [maintainerSeries(maintainer, "stream", "recordsMalformed"), "Sum", "malformed records"],
        [maintainerSeries(maintainer, "stream", "recordsUnreadable"), "Sum", "registry changes without images"],
        [queueSeries(maintainer.deadLetters), "Maximum", "dead letters"],
      ],
    },
    {
      title: "Largest registry (bytes)",
      lines: [
        [maintainerSeries(maintainer, "stream", "registrySize"), "Maximum", "seen by the stream"],
        [maintainerSeries(maintainer, "sweep", "registrySize"), "Maximum", "seen by the sweep"],
      ],
      mark: { label: "near its limit", value: REGISTRY_ALARM_BYTES },
    },
  ];
}

/** Whether the maintainer keeps up. */
function workCharts(maintainer: Maintainer): Chart[] {
  const { stream, sweep } = maintainer;
  return [
    {
      title: "How late the stream is read (ms)",
      lines: [[functionSeries(stream, "IteratorAge"), "Maximum", "iterator age"]],
    },
    {
      title: "Oldest drift that may be unseen (s)",
      lines: [[maintainerSeries(maintainer, "sweep", "driftAge"), "Maximum", "since the last whole sweep began"]],
      mark: { label: "overdue", value: DRIFT_AGE_ALARM_SECONDS },
    },
    {
      title: "Work",
      lines: [
        [maintainerSeries(maintainer, "stream", "namesChecked"), "Sum", "names checked (stream)"],
        [maintainerSeries(maintainer, "sweep", "namesChecked"), "Sum", "names checked (sweep)"],
        [maintainerSeries(maintainer, "sweep", "sweepPages"), "Sum", "pages swept"],
      ],
    },
    {
      title: "Records of the stream",
      lines: [
        [mappingSeries(maintainer, "PolledEventCount"), "Sum", "read"],
        [mappingSeries(maintainer, "FilteredOutEventCount"), "Sum", "filtered out"],
        [mappingSeries(maintainer, "FailedInvokeEventCount"), "Sum", "in failed batches"],
        [mappingSeries(maintainer, "OnFailureDestinationDeliveredEventCount"), "Sum", "dead letters"],
        [mappingSeries(maintainer, "DroppedEventCount"), "Sum", "dropped"],
      ],
    },
    {
      title: "Failures",
      lines: [
        [functionSeries(stream, "Errors"), "Sum", "stream: errors"],
        [functionSeries(stream, "Throttles"), "Sum", "stream: throttles"],
        [functionSeries(sweep, "Errors"), "Sum", "sweep: errors"],
        [functionSeries(sweep, "Throttles"), "Sum", "sweep: throttles"],
      ],
    },
  ];
}

function widget({ title, lines, mark }: Chart, position: number, region: $util.Input<string>) {
  return {
    type: "metric",
    x: (position % CHARTS_PER_ROW) * CHART.width,
    y: ALARMS_HEIGHT + Math.floor(position / CHARTS_PER_ROW) * CHART.height,
    ...CHART,
    properties: {
      title,
      region,
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
