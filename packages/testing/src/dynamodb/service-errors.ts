import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";

const $metadata = { httpStatusCode: 400 };

/** A cancelled transaction with one reason an action, `"None"` and the like. */
export function cancelled(...reasons: (string | CancellationReason)[]) {
  const list = reasons.map((reason) => (typeof reason === "string" ? { Code: reason } : reason));
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${list.map(({ Code }) => Code).join(", ")}]`;
  return new TransactionCanceledException({ message, CancellationReasons: list, $metadata });
}

export const registryFull: CancellationReason = {
  Code: "ValidationError",
  Message: "Item size to update has exceeded the maximum allowed size",
};

export function conflict() {
  return new TransactionConflictException({ message: "Transaction is ongoing for the item", $metadata });
}

export function conditionFailed() {
  return new ConditionalCheckFailedException({ message: "The conditional request failed", $metadata });
}

export function serviceError(name: string, message: string) {
  return new DynamoDBServiceException({ name, message, $fault: "client", $metadata });
}
