import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { RequestError } from "./errors.ts";

/** The names under which this machine reaches itself. A page that was served under another name has no business here. */
const OWN_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/** The header that carries the token. No form and no page of another origin can send it. */
const TOKEN_HEADER = "x-rollcall-token";

type GuardedRequest = Pick<IncomingMessage, "headers" | "method" | "url">;

/**
 * Refuses what does not come from this server's own page: a request for another host, as after DNS rebinding; one that a
 * browser says is of another origin; and any that may change something, without the token that the page was served with.
 *
 * @throws RequestError
 */
export function assertOwn(request: GuardedRequest, port: number, token: string): void {
  const { headers, method = "GET", url = "" } = request;
  const host = headers.host?.toLowerCase() ?? "";
  if (!OWN_NAMES.some((name) => host === `${name}:${port}` || (port === 80 && host === name))) {
    throw new RequestError(403, `This page answers as 127.0.0.1:${port} alone: open http://127.0.0.1:${port}/.`);
  }
  if (!url.startsWith("/")) throw new RequestError(403, "The request is for another server's address.");
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) {
    throw new RequestError(403, "The request comes from another page, which may not use this one.");
  }
  // A link from elsewhere may open the page; what it reads and writes is its own.
  const site = headers["sec-fetch-site"];
  if (url !== "/" && (site === "cross-site" || site === "same-site")) {
    throw new RequestError(403, "The request comes from another site, which may not use this page.");
  }
  if (method !== "GET" && method !== "HEAD") assertToken(headers[TOKEN_HEADER], token);
}

function assertToken(given: string | string[] | undefined, token: string): void {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(token)];
  if (a.length === b.length && timingSafeEqual(a, b)) return;
  throw new RequestError(403, "The request lacks this page's token: reload the page.");
}
