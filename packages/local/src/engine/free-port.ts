import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { LOOPBACK_HOST } from "./constants.ts";

/** A TCP port that nobody listened on a moment ago. Somebody else may take it before it is used. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK_HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
