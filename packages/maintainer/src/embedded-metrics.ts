import { type MaintainerMetrics, METRICS_NAMESPACE, type MetricUnit } from "./telemetry.ts";

/** Values that CloudWatch takes of one metric in one line. Source: the embedded metric format's specification. */
const MAX_VALUES = 100;

/**
 * Metrics in CloudWatch's embedded metric format: lines of JSON on stdout, as Powertools for AWS Lambda writes them. What
 * is added until it is published is one line, or several where there are more values than one can hold.
 */
export class EmbeddedMetrics implements MaintainerMetrics {
  readonly #namespace: string;
  readonly #defaults: Readonly<Record<string, string>>;
  #dimensions: Record<string, string>[] = [];
  #metrics = new Map<string, { unit: MetricUnit; values: number[] }>();

  /** @param defaults dimensions of every metric */
  constructor(namespace: string, defaults: Readonly<Record<string, string>>) {
    this.#namespace = namespace;
    this.#defaults = defaults;
  }

  addMetric(name: string, unit: MetricUnit, value: number): void {
    const known = this.#metrics.get(name);
    if (known === undefined) this.#metrics.set(name, { unit, values: [value] });
    else known.values.push(value);
  }

  addDimensions(dimensions: Record<string, string>): void {
    this.#dimensions.push({ ...this.#defaults, ...dimensions });
  }

  publishStoredMetrics(): void {
    const metrics = [...this.#metrics];
    const sets = this.#dimensions.length > 0 ? this.#dimensions : [this.#defaults];
    this.#metrics = new Map();
    this.#dimensions = [];
    const longest = Math.max(0, ...metrics.map(([, { values }]) => values.length));
    for (let from = 0; from < longest; from += MAX_VALUES) {
      const part = metrics.flatMap(([name, { unit, values }]) => {
        const some = values.slice(from, from + MAX_VALUES);
        return some.length === 0 ? [] : [{ name, unit, value: some.length === 1 ? some[0] : some }];
      });
      const directive = {
        Namespace: this.#namespace,
        Dimensions: sets.map((set) => Object.keys(set)),
        Metrics: part.map(({ name, unit }) => ({ Name: name, Unit: unit })),
      };
      const line = {
        _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
        ...Object.assign({}, ...sets),
        ...Object.fromEntries(part.map(({ name, value }) => [name, value])),
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
}

/**
 * Metrics by service and table, so that several tables of one account do not mix. A table that is given by its ARN counts
 * under its name, by which alarms know it.
 */
export function defaultMetrics(serviceName: string, tableName: string): MaintainerMetrics {
  const table = tableName.replace(/^arn:.*:table\//, "");
  return new EmbeddedMetrics(METRICS_NAMESPACE, { service: serviceName, table });
}
