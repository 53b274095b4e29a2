import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import { WITHOUT_TRANSACTIONS } from "../connection/table-fit.ts";
import type { KnownTarget } from "../connection/target.ts";
import { quoted } from "../terminal/printable.ts";
import { byName, type Explanations, type Rule, sentence } from "./rule.ts";
import { suggest } from "./suggest.ts";

const expired: Explanations[string] = () =>
  "Your AWS credentials have expired: log in again, for example with: aws sso login";
const notAccepted: Explanations[string] = ({ message }) =>
  `AWS does not accept your credentials: ${sentence(message)} Check AWS_PROFILE, the access keys and this machine's clock.`;

/** Why DynamoDB refused a request. */
export const serviceRules: readonly Rule[] = [
  (error, target) => (isThrottling(error) ? explainThrottling(target) : undefined),
  byName({
    ResourceNotFoundException: explainMissingTable,
    ResourceInUseException: (_, target) =>
      `${tableOf(target, "Table")} is being created, changed or deleted right now: retry when it is active.`,
    LimitExceededException: ({ message }) =>
      `DynamoDB allows no more of this at a time: ${sentence(message)} Retry in a moment.`,
    AccessDeniedException: explainDenial,
    ExpiredTokenException: expired,
    ExpiredToken: expired,
    UnrecognizedClientException: notAccepted,
    InvalidClientTokenId: notAccepted,
    InvalidSignatureException: notAccepted,
    IncompleteSignatureException: notAccepted,
    MissingAuthenticationTokenException: notAccepted,
    UnknownOperationException: (_, { endpoint }) =>
      `What answers at ${endpoint ?? "the endpoint"} does not know this operation: check --endpoint-url.`,
    ValidationException: explainRefusal,
    TransactionCanceledException: explainRefusal,
  }),
  explainOther,
];

/** Whether DynamoDB refused a request for want of capacity. */
export function isThrottling({ name }: Error): boolean {
  return /Throttl|ThroughputExceeded|RequestLimitExceeded|TooManyRequests/.test(name);
}

/** What to do about it. */
export function explainThrottling(target: KnownTarget): string {
  return `DynamoDB throttles ${tableOf(target)}: retry in a moment, or raise its capacity.`;
}

/** AWS takes a table's ARN everywhere; an engine takes it nowhere, or not in transactions. */
function explainArn({ tableName = "", endpoint }: KnownTarget): string | undefined {
  const [, name] = /^arn:.*:table\/(.+)$/.exec(tableName) ?? [];
  if (name === undefined || endpoint === undefined) return undefined;
  return `What answers at ${endpoint} takes no ARN here, though AWS does: use the table's name, --table ${name}.`;
}

function explainMissingTable(_: Error, target: KnownTarget): string {
  const ofArn = explainArn(target);
  if (ofArn !== undefined) return ofArn;
  const { endpoint, region, profile } = target;
  const where =
    endpoint !== undefined
      ? ` at ${endpoint}`
      : region !== undefined
        ? ` in ${region}`
        : ` in the Region of ${profile === undefined ? "your AWS configuration" : `profile ${quoted(profile)}`}`;
  return (
    `There is no ${tableOf(target)}${where}: check --table, --region and --endpoint-url, ` +
    `or create it with: ${suggest("table create", target)}`
  );
}

/** Its message names who was denied what on which resource, except on engines that word it otherwise. */
function explainDenial({ message }: Error, target: KnownTarget): string {
  const [, who, action, resource] =
    /User: (\S+) is not authorized to perform: (\S+) on resource: (\S+)/.exec(message.slice(0, 2_000)) ?? [];
  if (who === undefined)
    return `No permission for ${tableOf(target)}: ${sentence(message)} Ask for it, or use another --profile.`;
  return `No permission for ${action} on ${resource}: have it allowed for ${who}, or use another --profile.`;
}

function explainRefusal(error: Error, target: KnownTarget): string {
  const reasons = (error as { CancellationReasons?: CancellationReason[] }).CancellationReasons ?? [];
  const messages = reasons.flatMap(({ Message }) => Message ?? []);
  const message = messages[0] ?? error.message;
  if (
    /does not match the schema|conditions on the keys|required keys|Missing the key|Type mismatch for key/i.test(
      message,
    )
  ) {
    return `The keys of ${tableOf(target)} are not PK and SK, both strings: is it the right one? Check --table.`;
  }
  if (/transact/i.test(message) && /multi-region|strong consistency|MRSC/i.test(message)) {
    return `${tableOf(target, "Table")} can have no registry: ${WITHOUT_TRANSACTIONS}. DynamoDB says: ${sentence(message)}`;
  }
  return explainArn(target) ?? `DynamoDB refused the request: ${sentence(message)}`;
}

/** Any other answer of the service. The SDK marks them with the status and the party at fault. */
function explainOther(error: Error): string | undefined {
  const { $fault, $metadata } = error as { $fault?: string; $metadata?: { httpStatusCode?: number } };
  if ($fault === undefined) return undefined;
  const status = $metadata?.httpStatusCode ?? 0;
  const advice = status >= 500 ? "Retry in a moment." : "Check --region and --endpoint-url.";
  return `DynamoDB answered ${error.name}${status ? ` (${status})` : ""}: ${sentence(error.message)} ${advice}`;
}

function tableOf({ tableName }: KnownTarget, noun = "table"): string {
  return `${noun} ${quoted(tableName ?? "")}`;
}
