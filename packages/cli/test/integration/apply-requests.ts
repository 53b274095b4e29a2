import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** An endpoint in front of another, which counts what goes through: each request that was really sent, by operation. */
export interface CountingEndpoint extends AsyncDisposable {
  readonly url: string;
  /** Requests since the last call, by operation. */
  take(): Record<string, number>;
}

/** Starts an endpoint that passes everything on to the given one, and lets a listener read the answers. */
export async function countRequests(
  endpoint: string,
  onAnswer: (operation: string, body: string) => void = () => {},
): Promise<CountingEndpoint> {
  let counts: Record<string, number> = {};
  const server = createServer((incoming, outgoing) => {
    const operation = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
    counts[operation] = (counts[operation] ?? 0) + 1;
    const { method = "POST", url = "/" } = incoming;
    const headers = { ...incoming.headers, host: new URL(endpoint).host }; // an engine answers to its own name alone
    const onward = request(new URL(url, endpoint), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
      text(answer).then(
        (body) => onAnswer(operation, body),
        () => {}, // cut off: the client has gone
      );
    });
    onward.on("error", (error) => outgoing.destroy(error));
    incoming.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = counts;
      counts = {};
      return taken;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
