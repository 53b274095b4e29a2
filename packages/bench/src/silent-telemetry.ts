/** Logger and metrics that keep to themselves: what a function writes to a terminal says nothing about CloudWatch. */
export const SILENT = {
  logger: { info() {}, warn() {}, error() {} },
  metrics: { addMetric() {}, publishStoredMetrics() {} },
} as const;
