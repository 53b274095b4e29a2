import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What SST's components call in the CLI, by name. */
export type Methods = Record<string, (parameter: never) => Promise<unknown>>;

/** The CLI's JSON-RPC, which components reach by `SST_SERVER`. Source: sst/sst, pkg/server. */
export async function startRpcServer(methods: Methods): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { id = null, method, params } = JSON.parse(body) as { id?: number; method: string; params: [never] };
    const reply = (result: unknown, error: string | null) => response.end(JSON.stringify({ id, result, error }));
    try {
      const call = methods[method];
      if (call === undefined) throw new Error(`the test's CLI knows no ${method}`);
      reply(await call(params[0]), null);
    } catch (error) {
      reply(null, (error as Error).message);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
