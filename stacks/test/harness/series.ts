import type { Graph } from "./graph.ts";
import { mappingUuid } from "./mock-aws.ts";

/**
 * A series as one line, such as `AWS/SQS NumberOfMessagesSent QueueName=dead-letters`. The functions run here on another
 * table than the app's, so of that dimension only the name counts.
 */
function line(namespace: string, metric: string, dimensions: Record<string, string>): string {
  const pairs = Object.entries(dimensions).map(([name, value]) => (name === "table" ? name : `${name}=${value}`));
  return [namespace, metric, ...pairs.sort()].join(" ");
}

/** What EventCount switches on. Source: Lambda guide, "Event source mapping metrics". */
const EVENT_COUNTS = [
  "PolledEventCount",
  "FilteredOutEventCount",
  "InvokedEventCount",
  "FailedInvokeEventCount",
  "DroppedEventCount",
  "OnFailureDestinationDeliveredEventCount",
  "DeletedEventCount",
];

interface EmbeddedMetrics {
  CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
}

/** The series of a line in CloudWatch's embedded metric format. */
export function metricsOf(logged: Record<string, unknown>): string[] {
  const { CloudWatchMetrics = [] } = (logged._aws ?? {}) as Partial<EmbeddedMetrics>;
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) =>
        line(Namespace, Name, Object.fromEntries(names.map((name) => [name, String(logged[name])]))),
      ),
    ),
  );
}

/** What the app's alarms look at. */
export function alarmSeries(graph: Graph): string[] {
  return graph
    .all("aws:cloudwatch/metricAlarm:MetricAlarm")
    .map(({ inputs }) => line(inputs.namespace, inputs.metricName, inputs.dimensions));
}

/** What the app's dashboard shows. */
export function chartSeries(graph: Graph): string[] {
  const { widgets } = JSON.parse(graph.one("aws:cloudwatch/dashboard:Dashboard").inputs.dashboardBody);
  const metrics: [string, string, ...(string | object)[]][] = widgets.flatMap(
    (widget: { properties: { metrics?: [] } }) => widget.properties.metrics ?? [],
  );
  return metrics.map(([namespace, metric, ...rest]) => {
    const dimensions = rest.filter((part) => typeof part === "string");
    const pairs = dimensions.flatMap((name, i) => (i % 2 === 0 ? [[name, dimensions[i + 1] ?? ""]] : []));
    return line(namespace, metric, Object.fromEntries(pairs));
  });
}

/** The metrics that AWS emits of this app's functions, queue, and mapping that counts its events. */
export function awsSeries(graph: Graph): string[] {
  const functions = graph.all("aws:lambda/function:Function").map(({ inputs }) => String(inputs.name));
  const queues = graph.all("aws:sqs/queue:Queue").map(({ inputs }) => String(inputs.name));
  const mappings = graph
    .all("aws:lambda/eventSourceMapping:EventSourceMapping")
    .filter(({ inputs }) => inputs.metricsConfig?.metrics?.includes("EventCount"));
  return [
    ...mappings.flatMap(({ name }) =>
      EVENT_COUNTS.map((metric) => line("AWS/Lambda", metric, { EventSourceMappingUUID: mappingUuid(name) })),
    ),
    ...functions.flatMap((FunctionName) =>
      ["Errors", "IteratorAge", "Throttles"].map((metric) => line("AWS/Lambda", metric, { FunctionName })),
    ),
    ...queues.map((QueueName) => line("AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName })),
  ];
}
