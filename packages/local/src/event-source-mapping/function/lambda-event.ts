/** What Lambda invokes a function of a DynamoDB stream with: the same type as in `@types/aws-lambda`. */
export interface DynamoDBStreamEvent {
  Records: DynamoDBRecord[];
}

/** One change of an item. */
export interface DynamoDBRecord {
  eventID?: string;
  eventName?: EventName;
  eventVersion?: string;
  eventSource?: string;
  awsRegion?: string;
  dynamodb?: StreamRecord;
  /** Only on items that DynamoDB's time to live deleted. */
  userIdentity?: { type?: string; principalId?: string };
  eventSourceARN?: string;
}

/** What happened to the item. */
export type EventName = "INSERT" | "MODIFY" | "REMOVE";

/** The item's keys and, as the stream's view type says, its images. */
export interface StreamRecord {
  /** Seconds since 1970. */
  ApproximateCreationDateTime?: number;
  Keys?: Record<string, AttributeValue>;
  NewImage?: Record<string, AttributeValue>;
  OldImage?: Record<string, AttributeValue>;
  SequenceNumber?: string;
  SizeBytes?: number;
  StreamViewType?: "KEYS_ONLY" | "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";
}

/** A value in an event: numbers are strings, binary values base64. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: boolean }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { L: AttributeValue[] }
  | { M: Record<string, AttributeValue> };

/**
 * The function under test: a `DynamoDBStreamHandler` of `@types/aws-lambda` is one. What its promise gives is judged
 * as Lambda judges it, so any type goes.
 *
 * @example
 * ```ts
 * import type { StreamHandler } from "@rollcall/local";
 *
 * export const handler: StreamHandler = async (event) => {
 *   for (const record of event.Records) console.log(record.eventName, record.dynamodb?.Keys);
 *   return { batchItemFailures: [] };
 * };
 * ```
 */
export type StreamHandler = (
  event: DynamoDBStreamEvent,
  context: LambdaContext,
  callback: (error?: Error | string | null, result?: unknown) => void,
) => unknown;

/**
 * The invocation's context. As in Lambda's runtime for Node.js 24 a handler answers with its promise alone: the callback,
 * `done`, `fail` and `succeed` are there because the types ask for them, and throw.
 */
export interface LambdaContext {
  callbackWaitsForEmptyEventLoop: boolean;
  functionName: string;
  functionVersion: string;
  invokedFunctionArn: string;
  memoryLimitInMB: string;
  awsRequestId: string;
  logGroupName: string;
  logStreamName: string;
  /** Milliseconds until the invocation times out. */
  getRemainingTimeInMillis(): number;
  /** @deprecated Throws: return a promise. */
  done(error?: Error, result?: unknown): void;
  /** @deprecated Throws: return a promise. */
  fail(error: Error | string): void;
  /** @deprecated Throws: return a promise. */
  succeed(messageOrObject: unknown, object?: unknown): void;
}
