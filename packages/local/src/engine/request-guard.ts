import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LOOPBACK_HOST } from "./constants.ts";

// What of the two is used: SST's platform brings other types of Node, whose messages are not quite the same.
type Incoming = Pick<IncomingMessage, "headers" | "method" | "pipe" | "rawHeaders" | "socket" | "url">;
interface Outgoing extends NodeJS.WritableStream {
  sendDate: boolean;
  readonly writableFinished: boolean;
  writeHead(statusCode: number, statusMessage?: string, headers?: string[]): unknown;
}

/** The names under which this machine reaches itself. A page that was served under another name has no business here. */
const OWN_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/** Headers that are about one connection, and the guard has two. Source: RFC 9110, section 7.6.1. */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"]);

/** The server in front of an engine. */
export interface RequestGuard {
  readonly server: Server;
  /** Lets what is in flight complete, and takes nothing more. */
  drain(): void;
}

/**
 * Stands in front of an engine and passes on what programs ask it. Engines take any credentials, so that a page open in
 * this machine's browser could read and write their tables. A browser names the page's origin in every request that a
 * page may not make without being asked, and its own idea of the host in all of them: a request with any `Origin`, or
 * for another host, is refused. Bodies are streamed in both directions and never looked at.
 */
export function createRequestGuard(enginePort: number): RequestGuard {
  const agent = new Agent({ keepAlive: true });
  // no time-outs: a client that would wait for the engine itself waits here as long
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    const { port } = server.address() as AddressInfo;
    const refusal = refusalOf(request, port);
    if (refusal === undefined) forward(request, response, { agent, port: enginePort });
    else refuse(response, refusal);
  });
  return {
    server,
    drain() {
      server.close();
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
      agent.on("free", (socket) => socket.destroy());
    },
  };
}

/** Why a request is refused, or undefined when it is passed on. */
export function refusalOf(
  { headers, url = "" }: Pick<IncomingMessage, "headers" | "url">,
  port: number,
): string | undefined {
  if (headers.origin !== undefined) {
    return `It comes from a page in a browser (Origin: ${quote(headers.origin)}); pages may not use this engine.`;
  }
  const host = headers.host?.toLowerCase();
  const isOwn = OWN_NAMES.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
  if (!isOwn) return `Its Host is ${quote(headers.host ?? "")}; this engine answers as ${LOOPBACK_HOST}:${port} alone.`;
  return url.startsWith("/") ? undefined : "It asks for another server's address.";
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

/** Answers as DynamoDB does, so that a client of the SDK shows the reason. */
function refuse(response: Outgoing, reason: string): void {
  const body = JSON.stringify({
    __type: "com.amazon.coral.service#AccessDeniedException",
    message: `The request is refused. ${reason}`,
  });
  // closed, because the request's own body is never read
  const headers = ["content-type", "application/x-amz-json-1.0", "connection", "close"];
  response.writeHead(403, "Forbidden", headers);
  response.end(body);
}

/** What cuts one of the two connections cuts the other, as if there were only one. */
function forward(request: Incoming, response: Outgoing, engine: { agent: Agent; port: number }): void {
  const { method = "POST", url = "/", rawHeaders, socket } = request;
  const cut = () => socket.destroy();
  const inner = httpRequest({
    ...engine,
    host: LOOPBACK_HOST,
    method,
    path: url,
    headers: endToEnd(rawHeaders),
    setHost: false,
  });
  inner.once("error", cut);
  inner.once("response", (answer) => {
    answer.once("error", cut);
    response.sendDate = false; // the engine's is passed on
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders));
    answer.pipe(response);
  });
  response.once("close", () => {
    if (!response.writableFinished) inner.destroy();
  });
  request.pipe(inner);
}

function endToEnd(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter(
    (_, index) => !CONNECTION_HEADERS.has((rawHeaders[index - (index % 2)] ?? "").toLowerCase()),
  );
}
