import type { TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";

/** How the SDK's attempts of one request went. */
export interface Attempts {
  /** Attempts that DynamoDB answered by refusing them: they did nothing, and will do nothing. */
  refused: number;
}

/**
 * Counts the attempts of a request that were refused, for the SDK tells only how many it made. One that was throttled
 * leaves no doubt; one whose answer was lost does, and so does any that was not seen here.
 */
export function watchAttempts(command: TransactWriteItemsCommand): Attempts {
  const attempts = { refused: 0 };
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (isRefusal(error)) attempts.refused++;
        throw error;
      }
    },
    { step: "finalizeRequest", priority: "low", name: "rollcallWatchAttempts" }, // inside the SDK's retries
  );
  return attempts;
}

/**
 * True where an attempt before the one that was refused may still take effect: the SDK sent the request more than once,
 * and a refusal answers one attempt, not those before it; or DynamoDB says that it is working on another.
 */
export function leavesDoubt(error: unknown, { refused }: Attempts = { refused: 0 }): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "TransactionInProgressException") return true;
  const { $metadata } = error as { $metadata?: { attempts?: number } };
  const attempts = $metadata?.attempts ?? 1;
  return attempts > 1 && attempts > refused;
}

/** An answer of the 5xx kind may come after the request took effect. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === "TransactionInProgressException") return false;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500;
}
