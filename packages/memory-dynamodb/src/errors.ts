import {
  type AttributeValue,
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  IdempotentParameterMismatchException,
  ResourceInUseException,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from "@aws-sdk/client-dynamodb";

const $metadata = { httpStatusCode: 400 };

/** Something of DynamoDB that is left out here: no answer at all is better than a wrong one. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";

  constructor(what: string) {
    super(`The simulated DynamoDB does not support ${what}.`);
  }
}

/** An exception that the SDK has no class for. */
export function serviceError(name: string, message: string): DynamoDBServiceException {
  return new DynamoDBServiceException({ name, message, $fault: "client", $metadata });
}

export function validationError(message: string): DynamoDBServiceException {
  return serviceError("ValidationException", message);
}

/** One of the many refusals of a parameter that begin alike. */
export function invalidParameter(what: string): DynamoDBServiceException {
  return validationError(invalid(what));
}

export function invalid(what: string): string {
  return `One or more parameter values were invalid: ${what}`;
}

const schemaMismatches = new WeakSet<object>();

/** A key that does not go with its table. It refuses a request, but of a transaction it is one action's reason. */
export function schemaMismatch(message: string): DynamoDBServiceException {
  const error = validationError(message);
  schemaMismatches.add(error);
  return error;
}

export function isSchemaMismatch(error: unknown): error is DynamoDBServiceException {
  return error instanceof DynamoDBServiceException && schemaMismatches.has(error);
}

export function conditionFailed({ Message, Item }: CancellationReason): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({ message: Message ?? "", ...(Item && { Item }), $metadata });
}

export function transactionConflict(): TransactionConflictException {
  return new TransactionConflictException({ message: CONFLICT.Message, $metadata });
}

export function transactionCancelled(CancellationReasons: CancellationReason[]): TransactionCanceledException {
  const codes = CancellationReasons.map(({ Code }) => Code).join(", ");
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new TransactionCanceledException({ message, CancellationReasons, $metadata });
}

export function transactionInProgress(): TransactionInProgressException {
  return new TransactionInProgressException({ message: "The transaction is still in progress", $metadata });
}

export function tokenMismatch(): IdempotentParameterMismatchException {
  return new IdempotentParameterMismatchException({
    message: "Provided idempotent token was already used with different parameters",
    $metadata,
  });
}

export function notFound(): ResourceNotFoundException {
  return new ResourceNotFoundException({ message: "Requested resource not found", $metadata });
}

export function tableExists(name: string): ResourceInUseException {
  return new ResourceInUseException({ message: `Table already exists: ${name}`, $metadata });
}

/** The reasons of a cancelled transaction, action by action. */
export const NO_REASON = { Code: "None" } as const satisfies CancellationReason;
export const CONFLICT = {
  Code: "TransactionConflict",
  Message: "Transaction is ongoing for the item",
} as const satisfies CancellationReason;

export function invalidReason({ message }: Error): CancellationReason {
  return { Code: "ValidationError", Message: message };
}

/** @param item a copy of the item that the condition did not hold for, if the request wants to see it */
export function conditionFailedReason(item: Record<string, AttributeValue> | undefined): CancellationReason {
  const Message = "The conditional request failed";
  return { Code: "ConditionalCheckFailed", Message, ...(item && { Item: item }) };
}
