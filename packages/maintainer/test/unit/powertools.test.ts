import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { createStreamHandler } from "@rollcall/maintainer";
import { serviceError } from "@rollcall/testing/dynamodb/service-errors";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EmbeddedMetrics } from "../../src/embedded-metrics.ts";
import { jsonLogger } from "../../src/json-logger.ts";

const NOW = new Date("2026-11-22T10:00:00.000Z");

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  vi.stubEnv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What is printed while something works, each line by the stream that it goes to. */
function printedBy(work: () => void): { stdout: unknown[]; stderr: unknown[] } {
  const printed = { stdout: [] as unknown[], stderr: [] as unknown[] };
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => printed[name].push(JSON.parse(String(text))) > 0);
  }
  work();
  vi.restoreAllMocks();
  return printed;
}

const circular: Record<string, unknown> = { count: 2 };
circular.self = circular;

it.each([
  ["plain details", { count: 3, names: ["a", "b"], scope: undefined }],
  ["an error of the SDK", { error: serviceError("ValidationException", "no") }],
  ["an error with a cause", { error: new TypeError("no", { cause: new RangeError("too large") }) }],
  ["big numbers", { bytes: 12n }],
  ["what contains itself", { circular }],
])("the maintainer's own log has the lines that Powertools' has: %s", (_, details) => {
  const lines = (logger: Pick<Logger, "info" | "warn" | "error">) =>
    printedBy(() => {
      logger.info("Reconciled names", details);
      logger.warn("Passed over malformed records", details);
      logger.error("Names cannot be repaired as things are", details);
    });
  const ours = lines(jsonLogger("rollcall-maintainer") as Logger);
  expect(ours).toEqual(lines(new Logger({ serviceName: "rollcall-maintainer" })));
  expect(ours.stderr).toMatchObject([{ level: "WARN" }, { level: "ERROR" }]);
});

it.each([
  ["AWS_LAMBDA_LOG_LEVEL", "WARN"],
  ["AWS_LAMBDA_LOG_LEVEL", "SILENT"],
  ["POWERTOOLS_LOG_LEVEL", "error"],
  ["POWERTOOLS_LOG_LEVEL", "CRITICAL"],
  ["POWERTOOLS_LOG_LEVEL", "DEBUG"],
  ["POWERTOOLS_LOG_LEVEL", "nonsense"],
])("the maintainer's own log takes the level of %s=%s as Powertools does", (variable, level) => {
  vi.stubEnv(variable, level);
  const lines = (logger: Pick<Logger, "info" | "warn" | "error">) =>
    printedBy(() => {
      logger.info("one", {});
      logger.warn("two", {});
      logger.error("three", {});
    });
  expect(lines(jsonLogger("s") as Logger)).toEqual(lines(new Logger({ serviceName: "s" })));
});

type Counting = Pick<Metrics, "addMetric" | "addDimensions" | "publishStoredMetrics">;

it.each<[string, (metrics: Counting) => void]>([
  ["one figure", (metrics) => void metrics.addMetric("NamesChecked", "Count", 2)],
  [
    "several values of one metric",
    (metrics) => {
      for (const size of [10, 20, 30]) metrics.addMetric("RegistrySize", "Bytes", size);
      metrics.addMetric("DriftAge", "Seconds", 1.5);
    },
  ],
  [
    "a registry's, and the table's as a whole",
    (metrics) => {
      metrics.addDimensions({});
      metrics.addDimensions({ registry: "tenants" });
      metrics.addMetric("NamesChecked", "Count", 2);
    },
  ],
])("the maintainer's own metrics are the lines that Powertools prints: %s", (_, count) => {
  const lines = (metrics: Counting) =>
    printedBy(() => {
      count(metrics);
      metrics.publishStoredMetrics();
      metrics.addMetric("NamesMissing", "Count", 0); // nothing of the first publication is left
      metrics.publishStoredMetrics();
    });
  const ours = new EmbeddedMetrics("Rollcall", { service: "s", table: "limits" }) as unknown as Counting;
  const theirs = new Metrics({ namespace: "Rollcall", serviceName: "s", defaultDimensions: { table: "limits" } });
  expect(lines(ours)).toEqual(lines(theirs));
});

it("more than 100 values of one metric are told in lines of 100, all of them by registry", () => {
  const metrics = new EmbeddedMetrics("Rollcall", { service: "s", table: "limits" });
  const { stdout } = printedBy(() => {
    metrics.addDimensions({ registry: "tenants" });
    metrics.addMetric("NamesChecked", "Count", 201);
    for (let i = 0; i < 201; i++) metrics.addMetric("RegistrySize", "Bytes", i);
    metrics.publishStoredMetrics();
  });
  const lines = stdout as { RegistrySize: number | number[]; NamesChecked?: number; registry: string }[];
  expect(lines.map(({ RegistrySize }) => [RegistrySize].flat().length)).toEqual([100, 100, 1]);
  expect(lines.flatMap(({ RegistrySize }) => RegistrySize)).toEqual(Array.from({ length: 201 }, (_, i) => i));
  expect(lines.map(({ NamesChecked }) => NamesChecked)).toEqual([201, undefined, undefined]);
  expect(lines.every(({ registry }) => registry === "tenants")).toBe(true);
});

it("the stream handler takes Powertools' own logger and metrics", () => {
  const logger = new Logger({ serviceName: "mine" });
  const metrics = new Metrics({ namespace: "Mine", serviceName: "mine" });
  expect(createStreamHandler({ tableName: "limits", logger, metrics })).toBeTypeOf("function");
});
