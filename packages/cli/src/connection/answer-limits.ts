import type { IncomingMessage } from "node:http";
import { crc32 } from "node:zlib";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ForeignAnswerError } from "@rollcall/registry/protocol";

/** Bytes of JSON that an answer may have. Source: 16 MB of items take up to that much where they are numbers and text. */
const MAX_BYTES = 16 * 1024 ** 2;
const MAX_BATCH_BYTES = 128 * 1024 ** 2;

/** Milliseconds for an answer's body, and bytes that earn another second: what comes slower than that does not end. */
const BODY_TIMEOUT_MS = 8_000;
const BYTES_PER_SECOND = 128 * 1024;

/** An answer as the SDK's request handler gives it. */
interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: unknown;
}

/**
 * Has every answer read whole, within limits of time and bytes, before the SDK looks at it, and refuses one without
 * DynamoDB's marks. The SDK's own time-outs end when an answer begins.
 */
export function limitAnswers({ middlewareStack }: DynamoDBClient): void {
  middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const answer = result.response as HttpAnswer;
      const most = context.commandName === "BatchGetItemCommand" ? MAX_BATCH_BYTES : MAX_BYTES;
      answer.body = await readBody(answer, most);
      assertMarks(answer, answer.body as Buffer);
      return result;
    },
    { step: "deserialize", priority: "low", name: "rollcallLimitAnswers" }, // the innermost: next to the request handler
  );
}

/** @throws an error named TimeoutError, upon which the SDK retries */
async function readBody({ body, statusCode }: HttpAnswer, most: number): Promise<Buffer> {
  const stream = body as IncomingMessage;
  const chunks: Buffer[] = [];
  const started = performance.now();
  let bytes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    const left = BODY_TIMEOUT_MS + (bytes / BYTES_PER_SECOND) * 1_000 - (performance.now() - started);
    if (left <= 0) stream.destroy(timeout(bytes));
    else timer = setTimeout(watch, left);
  };
  watch();
  try {
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length;
      if (bytes > most) throw new ForeignAnswerError(statusCode);
      chunks.push(chunk as Buffer);
    }
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
  return Buffer.concat(chunks);
}

function timeout(bytes: number): Error {
  return Object.assign(new Error(`the answer was not complete in time, after ${bytes} bytes`), {
    name: "TimeoutError",
  });
}

/** @throws ForeignAnswerError where a success lacks the request id or an object, or the checksum is not that of the body */
function assertMarks({ statusCode, headers }: HttpAnswer, body: Buffer): void {
  const checksum = headers["x-amz-crc32"];
  const isWrong = checksum !== undefined && Number(checksum) !== crc32(body);
  const isRedirect = statusCode >= 300 && statusCode < 400;
  // A server that fails may be too far gone for either, and is asked again; who refuses says why in an object.
  const isUnmarked =
    statusCode < 300 ? !headers["x-amzn-requestid"] || !isObject(body) : statusCode < 500 && !isObject(body);
  if (isWrong || isRedirect || isUnmarked) throw new ForeignAnswerError(statusCode);
}

/** Whether a text of JSON can be an object; the SDK takes nothing, a list or a number for an object without members. */
function isObject(body: Buffer): boolean {
  const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
  return body[body.findIndex((byte) => !isSpace(byte))] === "{".charCodeAt(0);
}
