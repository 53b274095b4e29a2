import type { RegistryDefinition } from "@rollcall/registry";
import { resources } from "@rollcall/registry/resources";
import { streamEventSource } from "../stream/stream-event-source.ts";
import { type AlarmDescription, describeAlarms } from "./alarms.ts";
import { describeDashboard, type Widget } from "./dashboard.ts";
import { describeFunctions, type FunctionDescription, type FunctionName } from "./functions.ts";

/** What keeps a table's registries true on AWS, as plain data that any infrastructure code can be made from. */
export interface Deployment {
  readonly functions: Readonly<Record<FunctionName, FunctionDescription>>;
  /** The stream function's event source mapping, by Lambda's names, with `DeadLetters` as its destination on failure. */
  readonly mapping: ReturnType<typeof streamEventSource> & { readonly metricsConfig: typeof METRICS };
  /** When the sweep runs, with `DeadLetters` for the starts that failed. */
  readonly schedule: { readonly expression: `rate(${string})`; readonly retries: number };
  /** The queue of batches that could not be handled, and of starts of the sweep that failed: encrypted by SQS, reached over TLS alone. */
  readonly deadLetters: { readonly retentionSeconds: number };
  readonly alarms: readonly AlarmDescription[];
  readonly dashboard: { readonly widgets: readonly Widget[] };
}

/** What a deployment can be told. */
export interface DeploymentOptions {
  /** What the table's registries list. Default: `resources` alone. */
  registries?: readonly RegistryDefinition[] | undefined;
  /** Read units a second for the sweep. Default: the sweep's own, 100. */
  sweepReadUnits?: number | undefined;
}

/** Small tables are swept this often; a large one is continued, for a quarter of an hour each time. */
const SWEEP_SCHEDULE = { expression: "rate(6 hours)", retries: 2 } as const;

/** Costs nothing, and tells records that were filtered out from those that failed. */
const METRICS = { metrics: ["EventCount"] } as const;

/** As long as SQS keeps anything: a long weekend must not lose the traces of what went wrong. */
const DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 60 * 60;

/** Bytes of names and values that a function's environment may hold. Source: Lambda quotas. */
const MAX_ENVIRONMENT_BYTES = 4 * 1024;

/** For what stands in for references, such as the table's name, and for what a deployment tool adds of its own. */
const ROOM_FOR_OTHERS = 512;

/**
 * Describes what is deployed to keep a table's registries true: the stream function with its mapping, the sweep with its
 * schedule, the queue of what could not be handled, alarms and a dashboard. SST's app, the CDK construct, the
 * CloudFormation template and the Terraform module are made from it.
 *
 * @throws InvalidDefinitionError for registries that could not be kept true
 * @throws RangeError for definitions that are too large for a function's environment
 *
 * @example
 * ```ts
 * import { describeDeployment } from "@rollcall/maintainer/deployment";
 *
 * const { functions, mapping } = describeDeployment();
 * console.log(functions.stream.timeoutSeconds, mapping.batchSize); // 60 200
 * ```
 */
export function describeDeployment({ registries = [resources], sweepReadUnits }: DeploymentOptions = {}): Deployment {
  const mapping = streamEventSource(registries); // which refuses those that could not be kept true
  const alarms = describeAlarms();
  return {
    functions: describeFunctions(registries, environmentOf(registries), sweepReadUnits),
    mapping: { ...mapping, metricsConfig: METRICS },
    schedule: SWEEP_SCHEDULE,
    deadLetters: { retentionSeconds: DEAD_LETTER_RETENTION_SECONDS },
    alarms,
    dashboard: { widgets: describeDashboard(alarms) },
  };
}

/** What both functions read from their environment: no definitions where their default is right. */
function environmentOf(registries: readonly RegistryDefinition[]): Record<string, string> {
  const areDefault = JSON.stringify(registries) === JSON.stringify([resources]);
  const environment = {
    ROLLCALL_TABLE: "{TableName}",
    ...(!areDefault && { ROLLCALL_REGISTRIES: JSON.stringify(registries) }),
    NODE_OPTIONS: "--enable-source-maps",
  };
  const bytes = Object.entries(environment).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes > MAX_ENVIRONMENT_BYTES - ROOM_FOR_OTHERS) {
    throw new RangeError(
      `The definitions take ${bytes} bytes of a function's environment, which Lambda limits to ${MAX_ENVIRONMENT_BYTES}: ` +
        "shorten their templates, or deploy functions of your own with createStreamHandler and createSweepHandler.",
    );
  }
  return environment;
}
