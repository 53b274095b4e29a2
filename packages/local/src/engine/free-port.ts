import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { LOOPBACK_HOST } from "./constants.ts";

/** A TCP port that no program listened on a moment ago. Another program may take it before it is used. */
export async function freePort(): Promise<number> {
  return await listenBriefly(0);
}

/** Whether a program listens on this port already. */
export async function isPortTaken(port: number): Promise<boolean> {
  return await listenBriefly(port).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "EADDRINUSE",
  );
}

async function listenBriefly(wanted: number): Promise<number> {
  const server = createServer().listen(wanted, LOOPBACK_HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
