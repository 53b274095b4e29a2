/** Says nothing and counts nothing: what maintainers do is seen in the table. */
export const SILENT = {
  logger: { info() {}, warn() {}, error() {} },
  metrics: { addMetric() {}, publishStoredMetrics() {} },
};
