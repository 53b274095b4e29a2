import { METRICS_NAMESPACE, maintainerMetrics } from "../telemetry.ts";
import type { FunctionName } from "./functions.ts";

/** One series of CloudWatch: a metric with its dimensions. */
export interface Series {
  namespace: string;
  metricName: string;
  dimensions: Readonly<Record<string, string>>;
}

/** An alarm: when it rings, and what the one who is woken should know. */
export interface AlarmDescription {
  name: string;
  description: string;
  series: Series;
  statistic: "Maximum" | "Sum";
  /** It rings when the statistic over one period is at least this. */
  threshold: number;
  periodSeconds: number;
  /** Periods in a row that it takes. Default 1. */
  periods?: number;
  /** Whether silence rings too. By default it does not: nothing is emitted where nothing happens. */
  silenceRings?: boolean;
}

/** Repaired names an hour that are more than stray writers leave behind. */
const DRIFT_ALARM_NAMES_PER_HOUR = 100;

/** Three quarters of what an item can hold: from here on `rollcall registry status` warns too. */
export const REGISTRY_ALARM_BYTES = 300 * 1024;

/** The stream keeps records for 24 hours; an hour behind leaves time to look. */
const ITERATOR_AGE_ALARM_MS = 60 * 60 * 1_000;

/** Drift that no record told of is found within this time, or an operator should know. */
export const DRIFT_AGE_ALARM_SECONDS = 2 * 24 * 60 * 60;

/** What the functions' own metrics call them; the other dimension is the table, so that stages do not mix. */
const SERVICES: Record<FunctionName, string> = { stream: "rollcall-maintainer", sweep: "rollcall-sweep" };

const FIVE_MINUTES = 5 * 60;
const HOUR = 60 * 60;
const HALF_A_DAY = 12 * HOUR;

/** One of the metrics that a function's own code emits. */
export function maintainerSeries(service: FunctionName, metric: keyof typeof maintainerMetrics): Series {
  const { name: metricName } = maintainerMetrics[metric];
  return { namespace: METRICS_NAMESPACE, metricName, dimensions: { service: SERVICES[service], table: "{TableName}" } };
}

/** One of the metrics that Lambda emits of the mapping. Source: Lambda guide, "Event source mapping metrics". */
export function mappingSeries(metricName: MappingMetric): Series {
  return { namespace: "AWS/Lambda", metricName, dimensions: { EventSourceMappingUUID: "{StreamMappingId}" } };
}

/** What a mapping counts that is told to. */
type MappingMetric =
  | "PolledEventCount"
  | "FilteredOutEventCount"
  | "FailedInvokeEventCount"
  | "DroppedEventCount"
  | "OnFailureDestinationDeliveredEventCount";

/** One of the metrics that Lambda emits of a function. */
export function functionSeries(name: FunctionName, metricName: "Errors" | "IteratorAge" | "Throttles"): Series {
  const FunctionName = name === "stream" ? "{StreamFunctionName}" : "{SweepFunctionName}";
  return { namespace: "AWS/Lambda", metricName, dimensions: { FunctionName } };
}

/** How many batches wait in the dead-letter queue. */
export function deadLetterSeries(): Series {
  const dimensions = { QueueName: "{DeadLettersName}" };
  return { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible", dimensions };
}

/** Everything an operator should be told of. */
export function describeAlarms(): AlarmDescription[] {
  return [
    {
      name: "StreamIteratorAge",
      description: "The stream is read an hour late: drift is not healed meanwhile. See the stream function's log.",
      series: functionSeries("stream", "IteratorAge"),
      statistic: "Maximum",
      threshold: ITERATOR_AGE_ALARM_MS,
      periodSeconds: FIVE_MINUTES,
    },
    {
      name: "DeadLetters",
      description:
        "Batches of the stream were discarded after their retries. Run `rollcall registry audit`: it finds the drift they left.",
      series: deadLetterSeries(),
      statistic: "Maximum",
      threshold: 1,
      periodSeconds: FIVE_MINUTES,
    },
    {
      name: "SweepOverdue",
      description:
        "No sweep of the table that began in the last two days has ended, or none runs at all. See the sweep's " +
        "log; for a large table raise ROLLCALL_SWEEP_READ_UNITS.",
      series: maintainerSeries("sweep", "driftAge"),
      statistic: "Maximum",
      threshold: DRIFT_AGE_ALARM_SECONDS,
      periodSeconds: HALF_A_DAY,
      silenceRings: true,
    },
    ...failureAlarms("Stream", "stream", 3),
    ...failureAlarms("Sweep", "sweep", 1),
    ...registryAlarms("Stream", "stream"),
    ...registryAlarms("Sweep", "sweep"),
  ];
}

/** A function that does not run as it should, for some periods in a row. */
function failureAlarms(name: string, of: FunctionName, periods: number): AlarmDescription[] {
  const common = { statistic: "Sum", threshold: 1, periodSeconds: FIVE_MINUTES, periods } as const;
  return [
    {
      ...common,
      name: `${name}Errors`,
      description: `The ${name.toLowerCase()} function crashes or runs out of time. Its log says why.`,
      series: functionSeries(of, "Errors"),
    },
    {
      ...common,
      name: `${name}Throttles`,
      description: `The ${name.toLowerCase()} function is not let run: the account's concurrency is used up.`,
      series: functionSeries(of, "Throttles"),
    },
  ];
}

/** What a function found out about registries. */
function registryAlarms(name: string, service: FunctionName): AlarmDescription[] {
  return [
    {
      name: `${name}DriftRate`,
      description: "Names are repaired at a rate no stray write explains. Find the writer that knows no registry.",
      series: maintainerSeries(service, "namesRepaired"),
      statistic: "Sum",
      threshold: DRIFT_ALARM_NAMES_PER_HOUR,
      periodSeconds: HOUR,
    },
    {
      name: `${name}Unrepairable`,
      description: "Names cannot be repaired as things are: a full registry, or a broken one. The log names them.",
      series: maintainerSeries(service, "namesUnrepairable"),
      statistic: "Sum",
      threshold: 1,
      periodSeconds: FIVE_MINUTES,
    },
    {
      name: `${name}RegistrySize`,
      description: "A registry is near 400 KB, where it takes no new names. Delete defaults, or split namespaces.",
      series: maintainerSeries(service, "registrySize"),
      statistic: "Maximum",
      threshold: REGISTRY_ALARM_BYTES,
      periodSeconds: HOUR,
    },
  ];
}
