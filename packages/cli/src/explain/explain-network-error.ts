import type { KnownTarget } from "../connection/connection-options.ts";

/** Why the endpoint could not be talked to, if that is what the error is about. */
export function explainNetworkError(error: Error, target: KnownTarget): string | undefined {
  const { code = "" } = error as NodeJS.ErrnoException;
  const endpoint = target.endpoint ?? "the DynamoDB endpoint";
  const check = target.endpoint === undefined ? "check --region and your network." : "check --endpoint-url.";
  switch (code) {
    case "ECONNREFUSED":
      return `Nothing listens at ${endpoint} (${code}): start the engine there, or ${check}`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The host of ${endpoint} is unknown: ${error.message}; ${check}`;
    case "ECONNRESET":
    case "EPIPE":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `The connection to ${endpoint} failed (${code}): ${check}`;
  }
  if (error.name === "TimeoutError" || code === "ETIMEDOUT") {
    return `No answer from ${endpoint}: ${check}`;
  }
  if (/CERT|SIGNATURE|SSL|TLS|EPROTO/.test(code)) {
    return `No secure connection to ${endpoint} (${code}): ${check} An engine on this machine usually wants http://.`;
  }
  // Parsers' errors: of HTTP, and of the JSON in it.
  if (code.startsWith("HPE_") || error instanceof SyntaxError) {
    return `What answers at ${endpoint} is not DynamoDB: ${check}`;
  }
  return undefined;
}
