export { streamEventSource } from "./stream-event-source.ts";
export {
  createStreamHandler,
  type ReconcileReport,
  type StreamHandler,
  type StreamHandlerOptions,
} from "./stream-handler.ts";
export { type MaintainerLogger, type MaintainerMetrics, METRICS_NAMESPACE, maintainerMetrics } from "./telemetry.ts";
