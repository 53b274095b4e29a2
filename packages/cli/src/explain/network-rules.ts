import type { KnownTarget } from "../connection/target.ts";
import { byCode, byName, codeOf, type Explanations, type Rule } from "./rule.ts";

const failed: Explanations[string] = (error, target) =>
  `The connection to ${endpointOf(target)} failed (${codeOf(error)}): ${check(target)}`;
const unknownHost: Explanations[string] = (error, target) =>
  `The host of ${endpointOf(target)} is unknown: ${error.message}; ${check(target)}`;
const noAnswer: Explanations[string] = (_, target) => `No answer from ${endpointOf(target)}: ${check(target)}`;
const notDynamoDB: Explanations[string] = (_, target) =>
  `What answers at ${endpointOf(target)} is not DynamoDB: ${check(target)}`;

/** Why the endpoint could not be talked to. */
export const networkRules: readonly Rule[] = [
  byName({ ForeignAnswerError: notDynamoDB }),
  byCode({
    ECONNREFUSED: (error, target) =>
      `Nothing listens at ${endpointOf(target)} (${codeOf(error)}): start the engine there, or ${check(target)}`,
    ENOTFOUND: unknownHost,
    EAI_AGAIN: unknownHost,
    ECONNRESET: failed,
    EPIPE: failed,
    EHOSTUNREACH: failed,
    ENETUNREACH: failed,
    ETIMEDOUT: noAnswer,
  }),
  byName({ TimeoutError: noAnswer }),
  (error, target) =>
    /CERT|SIGNATURE|SSL|TLS|EPROTO/.test(codeOf(error)) ? explainTls(codeOf(error), target) : undefined,
  // Parsers' errors: of HTTP, of the JSON in it, and of what the SDK makes of that.
  (error, target) =>
    codeOf(error).startsWith("HPE_") || error instanceof SyntaxError || isDeserializing(error)
      ? notDynamoDB(error, target)
      : undefined,
];

/** An authority that is not known is another matter than a server that does not speak TLS. */
function explainTls(code: string, target: KnownTarget): string {
  const failure = `No secure connection to ${endpointOf(target)} (${code}):`;
  if (/CERT|SIGNATURE/.test(code)) {
    const trust = "have its authority trusted with NODE_EXTRA_CA_CERTS or AWS_CA_BUNDLE, each the path of a PEM file";
    return target.endpoint === undefined
      ? `${failure} ${trust}.`
      : `${failure} ${trust}, or ${check(target)} An engine on this machine usually wants http://.`;
  }
  if (target.endpoint === undefined) return `${failure} ${check(target)}`;
  return `${failure} ${check(target)} An engine on this machine usually wants http://.`;
}

/** The SDK leaves the answer on what it throws while it reads one, unless that is the service's own error. */
function isDeserializing(error: Error): boolean {
  return "$response" in error && !("$fault" in error);
}

function endpointOf({ endpoint }: KnownTarget): string {
  return endpoint ?? "the DynamoDB endpoint";
}

function check({ endpoint, isProxied, given }: KnownTarget): string {
  const proxy = isProxied ? " and HTTPS_PROXY" : "";
  if (endpoint === undefined)
    return isProxied ? "check --region, your network and HTTPS_PROXY." : "check --region and your network.";
  return `check ${given.options.endpointUrl ? "--endpoint-url" : "AWS_ENDPOINT_URL, --endpoint-url"}${proxy}.`;
}
