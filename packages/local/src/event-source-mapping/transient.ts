/**
 * What passes by itself, in one table for every request of the mapping. Its base is the SDK's own classification, which a
 * test compares it with; `ours` is what the SDK does not retry, because its callers wait for seconds and a mapping waits
 * for {@link MAX_STREAM_OUTAGE_MS}. What is missing here is told immediately: access denied, no such stream, a request
 * that DynamoDB refuses.
 */
export const TRANSIENT = {
  /** Names of errors. */
  names: {
    throttling: [
      "BandwidthLimitExceeded",
      "EC2ThrottledException",
      "LimitExceededException",
      "PriorRequestNotComplete",
      "ProvisionedThroughputExceededException",
      "RequestLimitExceeded",
      "RequestThrottled",
      "RequestThrottledException",
      "SlowDown",
      "ThrottledException",
      "Throttling",
      "ThrottlingException",
      "TooManyRequestsException",
      "TransactionInProgressException",
    ],
    timeout: ["TimeoutError", "RequestTimeout", "RequestTimeoutException"],
    /** A provider of credentials renews them, and a machine's clock is set right. */
    ours: [
      "ExpiredToken",
      "ExpiredTokenException",
      "RequestExpired",
      "RequestInTheFuture",
      "RequestTimeTooSkewed",
      "InternalServerError",
      "ServiceUnavailable",
    ],
  },
  /** Node's codes of network errors. */
  codes: {
    timeout: ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT"],
    network: ["EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"],
    /** The machine has no network at all, or a body ended early. */
    ours: [
      "ECONNABORTED",
      "EHOSTDOWN",
      "ENETDOWN",
      "EADDRNOTAVAIL",
      "ERR_STREAM_PREMATURE_CLOSE",
      "UND_ERR_SOCKET",
      "UND_ERR_CONNECT_TIMEOUT",
      "UND_ERR_HEADERS_TIMEOUT",
      "UND_ERR_BODY_TIMEOUT",
    ],
  },
  /** HTTP statuses that are no answer of DynamoDB's. */
  statuses: [429, 500, 502, 503, 504],
} as const;

const NAMES = new Set<unknown>(Object.values(TRANSIENT.names).flat());
const CODES = new Set<unknown>(Object.values(TRANSIENT.codes).flat());
const STATUSES = new Set<unknown>(TRANSIENT.statuses);

/** A deserializer that got half a body says one of these. */
const CUT_SHORT = /unexpected end of (json input|data)|unterminated string|premature close|socket hang up|aborted/i;

/** How far down its causes an error is looked at. */
const MAX_DEPTH = 10;

interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly clockSkewCorrected?: unknown };
}

/** Whether an error passes by itself, so that the request is retried. */
export function isTransient(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > MAX_DEPTH) return false;
  const { name, message, code, cause, $retryable, $metadata } = error as ErrorLike;
  if (name === "AbortError") return false;
  return (
    NAMES.has(name) ||
    CODES.has(code) ||
    STATUSES.has($metadata?.httpStatusCode) ||
    $retryable !== undefined ||
    $metadata?.clockSkewCorrected === true ||
    (name === "InvalidSignatureException" && /Signature expired/.test(String(message))) ||
    ((name === "SyntaxError" || name === "Error") && CUT_SHORT.test(String(message))) ||
    isTransient(cause, depth + 1)
  );
}

/** An error in one line. */
export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
