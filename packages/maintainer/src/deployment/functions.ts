import type { RegistryDefinition } from "@rollcall/registry";
import { isResources, resources } from "@rollcall/registry/resources";
import { TableRegistries } from "../registries/table-registries.ts";
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
        onTable("BatchGetItem", "ConditionCheckItem", "GetItem", ...directory),
        repairPermission(registries),
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
        onTable("BatchGetItem", "ConditionCheckItem", "GetItem", "Scan", ...directory),
        repairPermission(registries),
        sweepStatePermission(registries),
      ],
    },
  };
}

/**
 * It updates nothing but registries. IAM knows an item's partition and not its sort key, so members stay out of reach
 * wherever no registry is in a partition of theirs.
 */
function repairPermission(registries: readonly RegistryDefinition[]): PermissionStatement {
  const { listed } = new TableRegistries(registries);
  const forms = listed.flatMap(({ keys }) => keys.registry.map(({ partition }) => partition));
  const patterns = new Set(forms.map(({ literals }) => literals.map(literally).join("*")));
  return inPartitions("UpdateItem", "StringLike", [...patterns]);
}

/** It puts nothing but the item that says how far it has come. */
function sweepStatePermission([first = resources]: readonly RegistryDefinition[]): PermissionStatement {
  const { key } = first; // all are of one table, with the same keys
  return inPartitions("PutItem", "StringEquals", [sweepStateKey(key)[key.partition]?.S ?? ""].map(literally));
}

/** "For all values" also holds where there is none: a request without a partition is refused by `Null`. */
function inPartitions(
  action: string,
  operator: "StringEquals" | "StringLike",
  partitions: readonly string[],
): PermissionStatement {
  const conditions = {
    [`ForAllValues:${operator}`]: { "dynamodb:LeadingKeys": partitions },
    Null: { "dynamodb:LeadingKeys": ["false"] },
  };
  return { ...onTable(action), conditions };
}

/** A text as IAM compares it with itself alone. Source: IAM's reference of policy elements, "Variables and tags". */
function literally(text: string): string {
  return text.replaceAll(/[$*?]/g, "$${$&}");
}

function onTable(...actions: string[]): PermissionStatement {
  return { actions: dynamodb(...actions), resources: ["{TableArn}"] };
}

function dynamodb(...actions: string[]): string[] {
  return actions.map((action) => `dynamodb:${action}`);
}
