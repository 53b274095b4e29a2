export type { AlarmDescription, Series } from "./alarms.ts";
export type { Widget } from "./dashboard.ts";
export { type Deployment, type DeploymentOptions, describeDeployment } from "./deployment.ts";
export {
  type FunctionDescription,
  type FunctionName,
  LOG_ACTIONS,
  LOG_RETENTION_DAYS,
  type PermissionStatement,
} from "./functions.ts";
export { fillReferences, type Reference } from "./references.ts";
