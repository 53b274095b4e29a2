import { type MaintainerMetrics, maintainerMetrics } from "./telemetry.ts";

type Metric = keyof typeof maintainerMetrics;
type Figure = readonly [metric: Metric, value: number];

/**
 * Figures of one batch or one sweep, kept apart by registry until they are published. Where the metrics can take
 * dimensions, each registry's are published by `registry` and for the table as a whole; else all are published together.
 */
export class RegistryMetrics {
  readonly #metrics: MaintainerMetrics;
  #figures = new Map<string | undefined, Figure[]>();

  constructor(metrics: MaintainerMetrics) {
    this.#metrics = metrics;
  }

  /** Adds one figure. Without a registry it is the table's. */
  count(metric: Metric, value: number, registry?: string): void {
    const figures = this.#figures.get(registry) ?? [];
    this.#figures.set(registry, figures);
    figures.push([metric, value]);
  }

  /** Publishes what there is, if there is anything: Powertools warns where there is nothing. */
  publish(): void {
    const figures = this.#figures;
    this.#figures = new Map();
    if (this.#metrics.addDimensions === undefined) {
      if (figures.size > 0) this.#publish([...figures.values()].flat());
      return;
    }
    for (const [registry, ofRegistry] of figures) {
      if (registry !== undefined) {
        this.#metrics.addDimensions({}); // for the table as a whole, which would not be there beside other dimensions
        this.#metrics.addDimensions({ registry });
      }
      this.#publish(ofRegistry);
    }
  }

  #publish(figures: readonly Figure[]): void {
    for (const [metric, value] of figures) {
      const { name, unit } = maintainerMetrics[metric];
      this.#metrics.addMetric(name, unit, value);
    }
    this.#metrics.publishStoredMetrics();
  }
}
