// So that a program that includes these sources alone finds it.
/// <reference path="./proxy-from-env.d.ts" />
import { readFileSync } from "node:fs";
import type { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { getProxyForUrl } from "proxy-from-env";
import { CommandError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import { quoted } from "../terminal/printable.ts";
import { isLoopback } from "./target.ts";

/** The agents of the SDK's request handler. */
export interface Agents {
  httpAgent?: HttpAgent;
  httpsAgent?: HttpsAgent;
}

/** As the SDK's own agents. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 50 } as const;

/**
 * How an endpoint is reached: through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say, and with the
 * authorities of `AWS_CA_BUNDLE`, which take the place of Node's own as in the AWS CLI. An engine on this machine is never
 * reached through a proxy.
 *
 * @throws CommandError when a variable holds what cannot be used
 */
export async function connectionAgents(endpoint: string, env: Io["env"]): Promise<Agents> {
  const { protocol } = new URL(endpoint);
  const proxy = isLoopback(endpoint) ? "" : getProxyForUrl(endpoint);
  const options = { ...AGENT_OPTIONS, ...authorities(protocol, env.AWS_CA_BUNDLE) };
  if (proxy === "") return "ca" in options ? { httpsAgent: new HttpsAgent(options) } : {};
  // Most commands need neither, and each is a fifth of what the SDK takes to load.
  if (protocol === "http:") {
    const { HttpProxyAgent } = await import("http-proxy-agent");
    return { httpAgent: proxyAgent(HttpProxyAgent, proxy, options) };
  }
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  return { httpsAgent: proxyAgent(HttpsProxyAgent, proxy, options) };
}

/** A proxy's URL may hold a password: no message repeats it. */
function proxyAgent<A>(Agent: new (url: string, options: object) => A, proxy: string, options: object): A {
  const url = URL.parse(proxy);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(
      "HTTPS_PROXY or HTTP_PROXY is no http:// or https:// URL: correct it, or list the host in NO_PROXY.",
    );
  }
  return new Agent(proxy, options);
}

function authorities(protocol: string, file: string | undefined): { ca?: Buffer } {
  if (!file || protocol !== "https:") return {};
  try {
    return { ca: readFileSync(file) };
  } catch (error) {
    const { message } = error as Error;
    throw new CommandError(`AWS_CA_BUNDLE names ${quoted(file)}, which cannot be read: ${message}.`, { cause: error });
  }
}
