/** Something other than DynamoDB answered a request: a proxy, a sign-in page, another service. */
export class ForeignAnswerError extends Error {
  override readonly name = "ForeignAnswerError";
  /** The answer's HTTP status. */
  readonly status: number | undefined;

  constructor(status: number | undefined) {
    super(
      `The answer with status ${status ?? "unknown"} is not DynamoDB's, for it has no request id: whether anything was ` +
        "read or written is unknown. Check the endpoint, and any proxy on the way to it.",
    );
    this.status = status;
  }
}

/**
 * Refuses an answer without DynamoDB's mark: an empty body with status 200 would pass for success.
 *
 * @throws ForeignAnswerError
 */
export function assertAnswered<T extends object>(output: T): T {
  const { $metadata } = output as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  // A client in memory has nothing to tell about HTTP.
  if ($metadata?.httpStatusCode === undefined || $metadata.requestId) return output;
  throw new ForeignAnswerError($metadata.httpStatusCode);
}
