import type { AttributeValue, CancellationReason } from "@aws-sdk/client-dynamodb";

/** What an answer has besides its name and message. */
interface Details {
  readonly CancellationReasons?: CancellationReason[];
  readonly Item?: Record<string, AttributeValue>;
}

/**
 * What DynamoDB answers in place of a result. The SDK knows its exceptions by their names, so that `instanceof` holds of
 * the SDK's own classes here too, of its base class by the name of this one; and no SDK is needed to throw it.
 */
export class DynamoDBServiceException extends Error {
  readonly $fault: "client" | "server";
  readonly $metadata: { readonly httpStatusCode: number };
  declare readonly CancellationReasons?: CancellationReason[];
  declare readonly Item?: Record<string, AttributeValue>;

  constructor(name: string, message: string, details: Details = {}, httpStatusCode = 400) {
    super(message);
    this.name = name;
    this.$fault = httpStatusCode < 500 ? "client" : "server";
    this.$metadata = { httpStatusCode };
    Object.assign(this, details);
  }
}

/** Something of DynamoDB that is left out here: no answer at all is better than a wrong one. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";

  constructor(what: string) {
    super(`The DynamoDB in memory does not support ${what}.`);
  }
}

export function serviceError(name: string, message: string, httpStatusCode = 400): DynamoDBServiceException {
  return new DynamoDBServiceException(name, message, {}, httpStatusCode);
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

export function conditionFailed({ Message = "", Item }: CancellationReason): DynamoDBServiceException {
  return new DynamoDBServiceException("ConditionalCheckFailedException", Message, Item && { Item });
}

export function transactionConflict(): DynamoDBServiceException {
  return serviceError("TransactionConflictException", CONFLICT.Message);
}

export function transactionCancelled(CancellationReasons: CancellationReason[]): DynamoDBServiceException {
  const codes = CancellationReasons.map(({ Code }) => Code).join(", ");
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new DynamoDBServiceException("TransactionCanceledException", message, { CancellationReasons });
}

export function transactionInProgress(): DynamoDBServiceException {
  return serviceError("TransactionInProgressException", "The transaction is still in progress");
}

export function tokenMismatch(): DynamoDBServiceException {
  return serviceError(
    "IdempotentParameterMismatchException",
    "Provided idempotent token was already used with different parameters",
  );
}

export function notFound(message = "Requested resource not found"): DynamoDBServiceException {
  return serviceError("ResourceNotFoundException", message);
}

export function tableExists(name: string): DynamoDBServiceException {
  return serviceError("ResourceInUseException", `Table already exists: ${name}`);
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
