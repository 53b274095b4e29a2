import { DynamoDBServiceException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import type { SdkCommand } from "@rollcall/memory-dynamodb";

/** DynamoDB has no capacity for a request. Of a transaction it says so as the last action's reason. */
export function throttled(command: SdkCommand): Error {
  const { TransactItems } = command.input as { TransactItems?: unknown[] };
  const message = "Rate exceeded";
  if (TransactItems === undefined) {
    const name = "ProvisionedThroughputExceededException";
    return new DynamoDBServiceException({ name, message, $fault: "client", $metadata: {} });
  }
  const CancellationReasons = TransactItems.map((_, i) =>
    i === TransactItems.length - 1 ? { Code: "ThrottlingError", Message: message } : { Code: "None" },
  );
  return new TransactionCanceledException({ message: "Transaction cancelled", CancellationReasons, $metadata: {} });
}

/** DynamoDB cannot read a request, and does not say which of its actions is at fault. */
export function unreadable(): Error {
  const message = "Unexpected token in the request";
  return new DynamoDBServiceException({ name: "SerializationException", message, $fault: "client", $metadata: {} });
}

/** No answer came in time. */
export function timedOut(): Error {
  return Object.assign(new Error("Connection timed out"), { name: "TimeoutError" });
}

/** The caller aborted the request. */
export function aborted(): Error {
  return Object.assign(new Error("Request aborted"), { name: "AbortError" });
}

/** The error as the SDK throws it: with the number of attempts it took. */
export function withAttempts(error: Error, attempts: number): Error {
  const { $metadata = {} } = error as { $metadata?: object };
  return Object.assign(error, { $metadata: { ...$metadata, attempts } });
}
