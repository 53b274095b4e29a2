import type { RegistryDefinition } from "@rollcall/registry";
import { isResources, resources } from "@rollcall/registry/resources";
import { sweepStateKey } from "../sweep/sweep-state.ts";

/** One of the maintainer's two functions: the stream's consumer, and the sweep. */
export type FunctionName = "stream" | "sweep";

/** A statement of a policy that allows something, in IAM's words. */
export interface PermissionStatement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** By operator and key, as in `{ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["SYSTEM#"] } }`. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** A Lambda function: its settings, and what its role may do. */
export interface FunctionDescription {
  readonly description: string;
  /** Module and export, in the package's `functions/`, where each is one module without the AWS SDK. */
  readonly handler: `${FunctionName}.handler`;
  readonly runtime: "nodejs24.x";
  readonly architecture: "arm64";
  readonly memorySizeMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  /** What its code calls, and nothing else. What it needs to write its log comes besides: each way names log groups itself. */
  readonly permissions: readonly PermissionStatement[];
}

/** Days for which the functions' logs are kept. */
export const LOG_RETENTION_DAYS = 30;

/** What a function may do with its own log group, and with no other. */
export const LOG_ACTIONS = ["logs:CreateLogStream", "logs:PutLogEvents"] as const;

/** What the two functions have in common. */
const COMMON = { runtime: "nodejs24.x", architecture: "arm64", memorySizeMb: 512 } as const;

/** The longest that Lambda lets a function run. */
const SWEEP_TIMEOUT_SECONDS = 15 * 60;

const STREAM_TIMEOUT_SECONDS = 60;

/** Both functions, for a list of registries. */
export function describeFunctions(
  registries: readonly RegistryDefinition[],
  environment: Readonly<Record<string, string>>,
  sweepReadUnits: number | undefined,
): Record<FunctionName, FunctionDescription> {
  const names = registries.map(({ name }) => name).join(", ");
  // The directory of namespaces, which is asked where a registry is missing: limits alone have one.
  const directory = registries.some(isResources) ? ["Query"] : [];
  const paced: Record<string, string> =
    sweepReadUnits === undefined ? {} : { ROLLCALL_SWEEP_READ_UNITS: String(sweepReadUnits) };
  return {
    stream: {
      ...COMMON,
      handler: "stream.handler",
      description: `Repairs what writers break in registries: ${names}`,
      timeoutSeconds: STREAM_TIMEOUT_SECONDS,
      environment,
      permissions: [
        onTable("BatchGetItem", "ConditionCheckItem", "GetItem", "UpdateItem", ...directory),
        {
          actions: dynamodb("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
          resources: ["{StreamArn}"],
        },
        { actions: ["sqs:SendMessage"], resources: ["{DeadLettersArn}"] },
      ],
    },
    sweep: {
      ...COMMON,
      handler: "sweep.handler",
      description: `Compares registries with the items they list, and repairs what differs: ${names}`,
      timeoutSeconds: SWEEP_TIMEOUT_SECONDS,
      environment: { ...environment, ...paced },
      permissions: [
        onTable("BatchGetItem", "ConditionCheckItem", "GetItem", "Scan", "UpdateItem", ...directory),
        sweepStatePermission(registries),
      ],
    },
  };
}

/** It puts nothing but the item that says how far it has come. */
function sweepStatePermission([first = resources]: readonly RegistryDefinition[]): PermissionStatement {
  const { key } = first; // all are of one table, with the same keys
  const partition = sweepStateKey(key)[key.partition]?.S ?? "";
  return {
    ...onTable("PutItem"),
    conditions: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [partition] } },
  };
}

function onTable(...actions: string[]): PermissionStatement {
  return { actions: dynamodb(...actions), resources: ["{TableArn}"] };
}

function dynamodb(...actions: string[]): string[] {
  return actions.map((action) => `dynamodb:${action}`);
}
