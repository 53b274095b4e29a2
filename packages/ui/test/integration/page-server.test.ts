import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PageFixture } from "../fixtures/page-fixture.ts";

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request with any headers, which `fetch` would not send. */
async function ask(url: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  const sent = request(new URL(path, url), { method: body === undefined ? "GET" : "POST", headers });
  sent.end(body);
  const [response] = await once(sent, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, body: text };
}

describe("the page's server", () => {
  let fixture: PageFixture;
  let url: string;
  let token: string;

  beforeAll(async () => {
    fixture = await PageFixture.start();
    await fixture.listTenants(["acme"]);
    url = fixture.page.url;
    token = /content="([0-9a-f]{64})"/.exec((await ask(url, "/")).body)?.[1] ?? "";
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const owner = { registry: "tenants", scope: null };

  it("sends a policy with every answer by which nothing else is loaded, framed or run", async () => {
    for (const path of ["/", "/page.js", "/api/table", "/nothing"]) {
      const { headers } = await ask(url, path);
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(headers["content-security-policy"]).not.toContain("unsafe");
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
      expect(headers).not.toHaveProperty("access-control-allow-origin");
    }
  });

  it.each([
    ["another host, as after DNS rebinding", { host: "rollcall.example:80" }],
    ["another port", { host: "127.0.0.1:1" }],
    ["another origin", { origin: "http://rollcall.example" }],
    ["an origin that hides", { origin: "null" }],
    ["another site", { "sec-fetch-site": "cross-site" }],
  ])("refuses what comes from %s, reads as well as writes", async (_, headers) => {
    expect((await ask(url, "/api/names?registry=tenants", headers)).status).toBe(403);
    const body = JSON.stringify({ ...owner, name: "acme" });
    expect((await ask(url, "/api/repair", { ...headers, "x-rollcall-token": token }, body)).status).toBe(403);
    expect((await ask(url, "/api/names?registry=tenants")).body).toContain("acme");
  });

  it("carries out no write without the token that the page was served with", async () => {
    const body = JSON.stringify({ ...owner, name: "acme" });
    for (const headers of [{}, { "x-rollcall-token": "" }, { "x-rollcall-token": "0".repeat(64) }]) {
      const answer = await ask(url, "/api/repair", headers as Record<string, string>, body);
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body).error).toContain("reload the page");
    }
    expect((await ask(url, "/api/names?registry=tenants")).body).toContain("acme");
    const answer = await ask(url, "/api/repair", { "x-rollcall-token": token }, body);
    expect(JSON.parse(answer.body)).toMatchObject({ outcome: "repaired", member: { isListed: false } });
  });

  it.each([
    ["/api/names?registry=none", 404, "There is no registry"],
    ["/api/member?registry=tenants", 400, "names no member"],
    ["/api/names?registry=tenants&scope=x", 400, "has no scope"],
    ["/constructor", 404, "There is no GET /constructor here."],
    ["/../../etc/passwd", 404, "There is no GET /etc/passwd here."],
  ])("says of %s what is wrong with it, with status %d", async (path, status, message) => {
    const answer = await ask(url, path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error).toContain(message);
  });

  it("refuses a body that is no JSON object, or too long", async () => {
    const headers = { "x-rollcall-token": token };
    expect((await ask(url, "/api/repair", headers, "[1]")).status).toBe(400);
    expect((await ask(url, "/api/repair", headers, `"${"x".repeat(70_000)}"`)).status).toBe(413);
  });

  it("repairs nothing where it only reads, token or not", async () => {
    await using readOnly = await PageFixture.start({ isWritable: false, isLive: false });
    await readOnly.listTenants(["orphan"]);
    const { body } = await ask(readOnly.page.url, "/");
    const own = /content="([0-9a-f]{64})"/.exec(body)?.[1] ?? "";
    for (const path of ["/api/repair", "/api/drift"]) {
      const input = JSON.stringify({ ...owner, name: "orphan", id: "0" });
      const answer = await ask(readOnly.page.url, path, { "x-rollcall-token": own }, input);
      expect([403, 404]).toContain(answer.status);
    }
    expect((await ask(readOnly.page.url, "/api/names?registry=tenants")).body).toContain("orphan");
  });

  it("ends open streams of events within a second when it ends", async () => {
    const own = await PageFixture.start();
    const sent = request(new URL("/api/events", own.page.url));
    sent.end();
    const [response] = await once(sent, "response");
    response.on("error", () => {}); // the connection is cut
    response.resume();
    const startedAt = performance.now();
    await own.page[Symbol.asyncDispose]();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await own[Symbol.asyncDispose]();
  });
});
