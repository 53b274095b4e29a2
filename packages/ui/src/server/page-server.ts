import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ErrorAnswer } from "../shared/answers.ts";
import { pageDocument, SECURITY_HEADERS } from "./document.ts";
import { PagePortError, RequestError } from "./errors.ts";
import type { EventFeed } from "./event-feed.ts";
import type { Asset, PageAssets } from "./page-assets.ts";
import { assertOwn } from "./request-guard.ts";

/** Where the page is looked for. */
export const DEFAULT_PAGE_PORT = 8_421;
/** Ports that are tried after it, before any free one will do. */
const NEXT_PORTS = 20;
const MAX_BODY_BYTES = 64 * 1024;
const HOST = "127.0.0.1";

/** Answers a request with what JSON can hold. */
type Route = (input: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<unknown> | unknown;

/** What the server answers, by method and path: `GET /api/table`. */
export type Routes = Readonly<Record<string, Route>>;

/** What the page is made of. */
export interface PageServerParts {
  /** Resolves to the client's files. Asked when a browser asks. */
  readonly assets: () => Promise<PageAssets>;
  readonly routes: Routes;
  readonly feed: EventFeed;
  /** What to say of an error that a route throws. */
  readonly explain: (error: unknown) => string;
}

/** The page's HTTP server, on 127.0.0.1 alone. */
export class PageServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #parts: PageServerParts;
  readonly #token = randomBytes(32).toString("hex");

  private constructor(parts: PageServerParts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /**
   * @param port the one to listen on. Default: {@link DEFAULT_PAGE_PORT}, or the next one that is free
   * @throws PagePortError where that port is taken
   */
  static async listen(parts: PageServerParts, port?: number): Promise<PageServer> {
    const page = new PageServer(parts);
    if (port !== undefined) {
      if (!(await page.#listenOn(port))) throw new PagePortError(port, undefined);
      return page;
    }
    for (let next = DEFAULT_PAGE_PORT; next <= DEFAULT_PAGE_PORT + NEXT_PORTS; next++) {
      if (await page.#listenOn(next)) return page;
    }
    await page.#listenOn(0);
    return page;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection, streams of events included. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#parts.feed[Symbol.dispose]();
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #listenOn(port: number): Promise<boolean> {
    try {
      this.#server.listen(port, HOST);
      await once(this.#server, "listening");
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
      throw error;
    }
  }

  /** Never rejects. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      assertOwn(request, this.port, this.#token);
      await this.#route(request, response);
    } catch (error) {
      if (response.headersSent || response.destroyed) return void response.destroy();
      const isRefused = error instanceof RequestError;
      const answer: ErrorAnswer = { error: isRefused ? error.message : this.#parts.explain(error) };
      if (!request.complete) response.setHeader("connection", "close"); // its body is never read
      sendJson(response, answer, isRefused ? error.status : 500);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { assets, routes, feed } = this.#parts;
    const { method = "GET" } = request;
    const url = new URL(request.url ?? "/", "http://page");
    if (method === "GET" && url.pathname === "/") {
      return send(response, 200, "text/html; charset=utf-8", Buffer.from(pageDocument(this.#token)));
    }
    const isApi = url.pathname.startsWith("/api/");
    const asset = method === "GET" && !isApi ? (await assets()).get(url.pathname) : undefined;
    if (asset !== undefined) return sendAsset(request, response, asset);
    if (method === "GET" && url.pathname === "/api/events") {
      response.writeHead(200, { ...SECURITY_HEADERS, "content-type": "text/event-stream" });
      const given = request.headers["last-event-id"] ?? url.searchParams.get("after") ?? undefined;
      const leave = feed.subscribe(response, Array.isArray(given) ? given[0] : given);
      return void response.once("close", leave);
    }
    const route = Object.hasOwn(routes, `${method} ${url.pathname}`) ? routes[`${method} ${url.pathname}`] : undefined;
    if (route === undefined) throw new RequestError(404, `There is no ${method} ${url.pathname.slice(0, 100)} here.`);
    const input = method === "GET" ? Object.fromEntries(url.searchParams) : await readBody(request);
    const gone = new AbortController();
    response.once("close", () => gone.abort(new Error("The page has gone.")));
    sendJson(response, await route(input, gone.signal), 200);
  }
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RequestError(413, "The request is too long.");
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new RequestError(400, "The request's body is no JSON object.");
}

function sendAsset({ headers }: IncomingMessage, response: ServerResponse, { type, body, gzipped }: Asset): void {
  const isGzipped = /\bgzip\b/.test(String(headers["accept-encoding"]));
  if (isGzipped) response.setHeader("content-encoding", "gzip");
  send(response, 200, type, isGzipped ? gzipped : body);
}

function sendJson(response: ServerResponse, value: unknown, status: number): void {
  send(response, status, "application/json; charset=utf-8", Buffer.from(JSON.stringify(value)));
}

function send(response: ServerResponse, status: number, type: string, body: Buffer): void {
  response.writeHead(status, { ...SECURITY_HEADERS, "content-type": type, "content-length": body.length });
  response.end(body);
}
