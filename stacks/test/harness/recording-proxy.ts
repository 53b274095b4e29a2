import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request to DynamoDB. */
export interface RecordedRequest {
  /** Such as `GetItem`. */
  operation: string;
  input: { TransactItems?: Record<string, unknown>[] };
}

/** What engines look at. */
const HEADERS = ["authorization", "content-type", "x-amz-date", "x-amz-target"];

/** What makes an answer DynamoDB's. */
const ANSWER_HEADERS = ["content-type", "x-amzn-requestid"];

/** Stands between a function and an engine, and keeps what is asked. */
export class RecordingProxy implements AsyncDisposable {
  readonly requests: RecordedRequest[] = [];
  readonly #engine: string;
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const target = String(request.headers["x-amz-target"]);
    this.requests.push({ operation: target.slice(target.indexOf(".") + 1), input: JSON.parse(body.toString()) });
    const headers = HEADERS.map((name): [string, string] => [name, String(request.headers[name] ?? "")]);
    const answer = await fetch(this.#engine, { method: "POST", headers, body });
    for (const name of ANSWER_HEADERS) response.setHeader(name, answer.headers.get(name) ?? "");
    response.writeHead(answer.status);
    response.end(Buffer.from(await answer.arrayBuffer()));
  });

  private constructor(engine: string) {
    this.#engine = engine;
  }

  static async start(engine: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(engine);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
