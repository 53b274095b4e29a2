import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import { DynamoDBServiceException, serviceError, UnsupportedError, validationError } from "../errors.ts";
import { parseWithBinary } from "../values/binary.ts";

/** What a request may hold: 16 MB of BatchWriteItem, and what JSON takes besides. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const TARGET = /^(DynamoDB|DynamoDBStreams)_20120810\.(\w+)$/;
const STREAM_OPERATIONS: ReadonlySet<string> = new Set([
  "DescribeStream",
  "GetRecords",
  "GetShardIterator",
  "ListStreams",
]);

/** A request in the protocol of both services, JSON 1.0. */
export interface ServiceRequest {
  /** Its operation, such as `PutItem`. */
  readonly operation: string;
  readonly input: object;
}

/** @throws what DynamoDB answers to a request that it cannot read */
export async function readRequest(request: IncomingMessage): Promise<ServiceRequest> {
  const [, service, operation = ""] = TARGET.exec(String(request.headers["x-amz-target"])) ?? [];
  const text = await readText(request);
  if (service === undefined || STREAM_OPERATIONS.has(operation) !== (service === "DynamoDBStreams")) {
    throw serviceError("UnknownOperationException", `There is no operation ${request.headers["x-amz-target"]}`);
  }
  return { operation, input: parse(text) };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw serviceError("RequestEntityTooLargeException", "The request is too large", 413);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString();
}

function parse(text: string): object {
  let input: unknown;
  try {
    input = parseWithBinary(text === "" ? "{}" : text);
  } catch {
    throw serviceError("SerializationException", "The request is not JSON");
  }
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
  throw serviceError("SerializationException", "The request is not an object");
}

/** Says what came of a request. */
export function respond(response: ServerResponse, status: number, output: object): void {
  const body = Buffer.from(JSON.stringify(output));
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": body.byteLength,
    "x-amzn-requestid": randomUUID(),
    "x-amz-crc32": crc32(body),
  });
  response.end(body);
}

/** Says why there is no answer, in a form that the SDK turns into its own exceptions. */
export function respondError(response: ServerResponse, error: unknown): void {
  const { name, message, $metadata, CancellationReasons, Item } = toServiceException(error);
  const domain = name === "ValidationException" ? "com.amazon.coral.validate" : "com.amazonaws.dynamodb.v20120810";
  const details = { ...(CancellationReasons && { CancellationReasons }), ...(Item && { Item }) };
  respond(response, $metadata.httpStatusCode, { __type: `${domain}#${name}`, message, ...details });
}

function toServiceException(error: unknown): DynamoDBServiceException {
  if (error instanceof DynamoDBServiceException) return error;
  if (error instanceof UnsupportedError) return serviceError(error.name, error.message);
  // What no client of the SDK sends by its types: text in the place of a list, say.
  if (error instanceof TypeError)
    return validationError(`The request has parameters of a wrong type: ${error.message}`);
  return serviceError("InternalServerError", String(error), 500);
}
