import { type AttributeValue, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { METRICS_NAMESPACE } from "@rollcall/maintainer";
import { type ItemKey, registryKey, resourceKey, tableDefinition } from "@rollcall/registry/schema";
import { describe, expect, inject, it } from "vitest";
import { NEAR_LIMIT_BYTES } from "../../packages/registry/src/constants.ts";
import { describeEachEngine } from "../../packages/testing/src/dynamodb/engines.ts";
import { startFunction } from "./harness/deployed-function.ts";
import { Graph } from "./harness/graph.ts";
import { alarmSeries, awsSeries, chartSeries, metricsOf } from "./harness/series.ts";

const graph = new Graph(inject("production"));
const alarms = graph.all("aws:cloudwatch/metricAlarm:MetricAlarm");
const dashboard = JSON.parse(graph.one("aws:cloudwatch/dashboard:Dashboard").inputs.dashboardBody);

describeEachEngine("monitoring", (context) => {
  it("every alarm and every chart looks at a metric that is emitted", async () => {
    const tableName = await context.createTable(tableDefinition());
    const surroundings = { endpoint: context.engine.endpoint, tableName };
    await using stream = await startFunction(graph, "Stream", surroundings);
    await using sweep = await startFunction(graph, "Sweep", surroundings);
    const put = (key: ItemKey, attributes: Record<string, AttributeValue> = {}) =>
      context.client.send(new PutItemCommand({ TableName: tableName, Item: { ...key, ...attributes } }));
    const record = (eventName: string, Keys: ItemKey) => ({ eventName, dynamodb: { Keys } });
    await put(resourceKey("stray"));

    // A stray default, one without a name, and a registry record without its images.
    const Records = [resourceKey("stray"), resourceKey("")].map((key) => record("INSERT", key));
    await stream.invoke({ Records: [...Records, record("MODIFY", registryKey())] });
    // One missing name, one orphan, and a registry that cannot be repaired.
    await put(resourceKey("other"));
    await put(registryKey("t1"), { resources: { SS: ["ghost"] } });
    await put(registryKey("t2"), { resources: { S: "no set" } });
    await put(resourceKey("stuck", "t2"));
    await sweep.invoke({});

    const emitted = [...stream.logged(), ...sweep.logged()].flatMap(metricsOf);
    const known = new Set([...emitted, ...awsSeries(graph)]);
    const shown = [...alarmSeries(graph), ...chartSeries(graph)];
    expect(shown.filter((series) => series.startsWith(METRICS_NAMESPACE)).length).toBeGreaterThan(10);
    expect(shown.filter((series) => !known.has(series))).toEqual([]);
  });
});

describe("alarms", () => {
  it("ring for everything an operator should be told of", () => {
    expect(alarms.map(({ name }) => name).sort()).toEqual([
      "DeadLettersAlarm",
      "StreamDriftRateAlarm",
      "StreamErrorsAlarm",
      "StreamIteratorAgeAlarm",
      "StreamRegistrySizeAlarm",
      "StreamThrottlesAlarm",
      "StreamUnrepairableAlarm",
      "SweepDriftRateAlarm",
      "SweepErrorsAlarm",
      "SweepOverdueAlarm",
      "SweepRegistrySizeAlarm",
      "SweepThrottlesAlarm",
      "SweepUnrepairableAlarm",
    ]);
  });

  it("stay silent where nothing happens, but for a sweep that does not run", () => {
    const ringing = alarms.filter(({ inputs }) => inputs.treatMissingData !== "notBreaching");
    expect(ringing.map(({ name }) => name)).toEqual(["SweepOverdueAlarm"]);
  });

  it("ring for a registry's size where its status warns", () => {
    const { threshold } = graph.one("aws:cloudwatch/metricAlarm:MetricAlarm", "StreamRegistrySizeAlarm").inputs;
    expect(threshold).toBe(NEAR_LIMIT_BYTES);
  });
});

describe("the dashboard", () => {
  it("has all alarms on top", () => {
    const [first] = dashboard.widgets;
    expect(first).toMatchObject({ type: "alarm", x: 0, y: 0 });
    expect(first.properties.alarms).toHaveLength(alarms.length);
  });

  it("lays its widgets out on CloudWatch's 24 columns, and none over another", () => {
    const cells = new Set<string>();
    for (const { x, y, width, height } of dashboard.widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(cells).not.toContain(`${column},${row}`);
          cells.add(`${column},${row}`);
        }
      }
    }
  });
});
