import { expect, inject, it } from "vitest";
import { Graph, type Resource } from "./harness/graph.ts";

const graph = new Graph(inject("production"));

/** A number that AWS limits, as the API reference of each says. Pulumi's mocks let every value pass. */
type Range = readonly [least: number, most: number];

const RANGES: Record<string, Record<string, Range>> = {
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    batchSize: [1, 10_000],
    maximumBatchingWindowInSeconds: [0, 300],
    maximumRecordAgeInSeconds: [60, 604_800],
    maximumRetryAttempts: [0, 10_000],
    parallelizationFactor: [1, 10],
  },
  "aws:lambda/function:Function": { memorySize: [128, 10_240], timeout: [1, 900] },
  "aws:sqs/queue:Queue": {
    delaySeconds: [0, 900],
    messageRetentionSeconds: [60, 1_209_600],
    visibilityTimeoutSeconds: [0, 43_200],
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    evaluationPeriods: [1, Number.POSITIVE_INFINITY],
    period: [10, 604_800],
    threshold: [0, Number.POSITIVE_INFINITY],
  },
  "aws:dynamodb/table:Table": {},
};

it.each(Object.entries(RANGES))("numbers of %s are within AWS's limits, and all known", (type, ranges) => {
  for (const { name, inputs } of graph.all(type)) {
    const numbers = Object.entries(inputs).filter(([, value]) => typeof value === "number");
    expect(numbers.map(([property]) => property).sort(), name).toEqual(Object.keys(ranges).sort());
    for (const [property, value] of numbers) {
      const [least, most] = ranges[property] ?? [Number.NaN, Number.NaN];
      expect(Number.isInteger(value) && value >= least && value <= most, `${name}.${property} = ${value}`).toBe(true);
    }
  }
});

it("the schedule retries at most 185 times", () => {
  const { maximumRetryAttempts } = graph.one("aws:scheduler/schedule:Schedule").inputs.target.retryPolicy;
  expect(maximumRetryAttempts).toBeGreaterThanOrEqual(0);
  expect(maximumRetryAttempts).toBeLessThanOrEqual(185);
});

it("an event source mapping has at most 5 filters of at most 4,096 characters", () => {
  const { filters } = graph.one("aws:lambda/eventSourceMapping:EventSourceMapping").inputs.filterCriteria;
  expect(filters.length).toBeLessThanOrEqual(5);
  for (const { pattern } of filters) expect(pattern.length).toBeLessThanOrEqual(4_096);
});

it("alarms look back for at most a day, or a week where periods are an hour or longer", () => {
  for (const { name, inputs } of graph.all("aws:cloudwatch/metricAlarm:MetricAlarm")) {
    const { period, evaluationPeriods } = inputs;
    expect(period % 60, name).toBe(0);
    expect(period * evaluationPeriods, name).toBeLessThanOrEqual(period >= 3_600 ? 604_800 : 86_400);
    expect(inputs.alarmDescription.length, name).toBeLessThanOrEqual(1_024);
  }
});

it("names are as long as AWS lets them be", () => {
  const longest: Record<string, number> = {
    "aws:iam/role:Role": 64,
    "aws:lambda/function:Function": 64,
    "aws:sqs/queue:Queue": 80,
    "aws:cloudwatch/dashboard:Dashboard": 255,
  };
  const nameOf = ({ inputs }: Resource): string => inputs.name ?? inputs.dashboardName;
  for (const [type, most] of Object.entries(longest)) {
    for (const resource of graph.all(type)) expect(nameOf(resource).length, resource.name).toBeLessThanOrEqual(most);
  }
});
