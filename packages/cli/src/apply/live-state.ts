import { batchRead } from "@rollcall/registry/protocol";
import { isStorableName } from "@rollcall/registry/resources";
import { parseResourceKey, resourceKey } from "@rollcall/registry/schema";
import type { RegistryConnection } from "../connection/connection.ts";
import type { Io } from "../terminal/io.ts";
import { READ_TIMEOUT_MS } from "./constants.ts";
import { type LiveDefault, liveDefault } from "./live-default.ts";
import { readManaged } from "./provisioner.ts";

/** What a table holds now: strongly consistent reads of the registry and then of the defaults. */
export interface LiveState {
  registered: ReadonlySet<string>;
  /** What the limiter's provisioner manages; `undefined` where it keeps no list, or was not asked for. */
  managed?: ReadonlySet<string> | undefined;
  /** The defaults of those asked for that have one. */
  defaults: ReadonlyMap<string, LiveDefault>;
}

/** Which defaults to look at, besides those that are asked for by name. */
export interface LiveScope {
  /** Also those of all names that the registry or the limiter's provisioner has. */
  withRegistered: boolean;
}

/** Reads the registry, and the defaults of the given names, 100 in a request. */
export async function readLiveState(
  connection: RegistryConnection,
  names: Iterable<string>,
  { withRegistered }: LiveScope,
  { clock, signal }: Pick<Io, "clock" | "signal">,
): Promise<LiveState> {
  const { client, registry, target } = connection;
  const { tableName, namespace } = target;
  const [listed, managed] = await Promise.all([
    registry.listResourcesWithDefaults({ consistentRead: true, signal }),
    withRegistered ? readManaged(connection, signal) : undefined,
  ]);
  const registered = new Set(listed);
  const asked = new Set([...names, ...(withRegistered ? registered : []), ...(managed ?? [])]);
  const keys = [...asked].filter((name) => isStorableName(name, namespace)).map((name) => resourceKey(name, namespace));
  const retry = { clock, random: Math.random, contentionTimeoutMs: READ_TIMEOUT_MS };
  const defaults = new Map<string, LiveDefault>();
  for await (const items of batchRead(client, { tableName, keys, retry, signal })) {
    for (const item of items) {
      const address = parseResourceKey(item);
      if (address !== undefined) defaults.set(address.resource, liveDefault(item, address));
    }
  }
  return { registered, managed, defaults };
}
