import type { CancellationReason } from "@aws-sdk/client-dynamodb";
import type { KnownTarget } from "../connection/connection-options.ts";

/** Why DynamoDB refused a request, if that is what the error is about. */
export function explainServiceError(error: Error, target: KnownTarget): string | undefined {
  const table = `table ${JSON.stringify(target.tableName)}`;
  if (/Throttl|ThroughputExceeded|RequestLimitExceeded|TooManyRequests/.test(error.name)) {
    return `DynamoDB throttles ${table}: try again in a moment, or raise its capacity.`;
  }
  switch (error.name) {
    case "ResourceNotFoundException":
      return (
        `There is no ${table}${where(target)}: check --table, --region and --endpoint-url, ` +
        `or create it with: rollcall table create --table ${target.tableName}${endpointOption(target)}`
      );
    case "ResourceInUseException":
      return `Somebody is creating, changing or deleting ${table} right now: try again when it is active.`;
    case "LimitExceededException":
      return `DynamoDB allows no more of this at a time: ${sentence(error.message)} Try again in a moment.`;
    case "AccessDeniedException":
      return explainDenial(error.message, table);
    case "ExpiredTokenException":
    case "ExpiredToken":
      return "Your AWS credentials have expired: log in again, for example with: aws sso login";
    case "UnrecognizedClientException":
    case "InvalidClientTokenId":
    case "InvalidSignatureException":
    case "IncompleteSignatureException":
    case "MissingAuthenticationTokenException":
      return `AWS does not accept your credentials: ${sentence(error.message)} Check AWS_PROFILE, the access keys and this machine's clock.`;
    case "UnknownOperationException":
      return `What answers at ${target.endpoint ?? "the endpoint"} does not know this operation: check --endpoint-url.`;
    case "ValidationException":
    case "TransactionCanceledException":
      return explainRefusal(error, table);
  }
  return explainOther(error);
}

/** Its message names who was denied what on which resource, except on engines that word it otherwise. */
function explainDenial(message: string, table: string): string {
  const [, who, action, resource] =
    /User: (\S+) is not authorized to perform: (\S+) on resource: (\S+)/.exec(message) ?? [];
  if (who === undefined)
    return `No permission for ${table}: ${sentence(message)} Ask for it, or use another AWS_PROFILE.`;
  return `No permission for ${action} on ${resource}: have it allowed for ${who}, or use another AWS_PROFILE.`;
}

function explainRefusal(error: Error, table: string): string {
  const reasons = (error as { CancellationReasons?: CancellationReason[] }).CancellationReasons ?? [];
  const messages = reasons.flatMap(({ Message }) => Message ?? []);
  const message = messages[0] ?? error.message;
  if (
    /does not match the schema|conditions on the keys|required keys|Missing the key|Type mismatch for key/i.test(
      message,
    )
  ) {
    return `The keys of ${table} are not PK and SK, both strings: is it the right one? Check --table.`;
  }
  return `DynamoDB refused the request: ${sentence(message)}`;
}

/** Any other answer of the service. The SDK marks them with the status and the party at fault. */
function explainOther(error: Error): string | undefined {
  const { $fault, $metadata } = error as { $fault?: string; $metadata?: { httpStatusCode?: number } };
  if ($fault === undefined) return undefined;
  const status = $metadata?.httpStatusCode ?? 0;
  const advice = status >= 500 ? "Try again in a moment." : "Check --region and --endpoint-url.";
  return `DynamoDB answered ${error.name}${status ? ` (${status})` : ""}: ${sentence(error.message)} ${advice}`;
}

function endpointOption({ endpoint }: KnownTarget): string {
  return endpoint === undefined ? "" : ` --endpoint-url ${endpoint}`;
}

function where({ region, endpoint }: KnownTarget): string {
  if (endpoint !== undefined) return ` at ${endpoint}`;
  return region === undefined ? "" : ` in ${region}`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
