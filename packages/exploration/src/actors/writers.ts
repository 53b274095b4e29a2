import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { backfill } from "@rollcall/maintainer";
import { ForeignWriter } from "@rollcall/maintainer/drifts";
import { RegistryError, ResourceRegistry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { resourceKey } from "@rollcall/registry/schema";
import { ExpireCommand } from "../storage/request.ts";
import { TABLE_NAME } from "../storage/storage.ts";
import type { Actor, Stage } from "./actor.ts";

const limits = [{ name: "rpm", capacity: 500 }];

/** Calls of the library, each for one name. */
const CALLS = {
  set: (registry: ResourceRegistry, name: string) => registry.setResourceDefaults(name, limits),
  update: (registry: ResourceRegistry, name: string) =>
    registry.updateResourceDefaults(name, [{ name: "rpm", capacity: 1_000 }]),
  delete: (registry: ResourceRegistry, name: string) => registry.deleteResourceDefaults(name),
} as const;

/** Requests of those who do not use the library: the halves of the limiter's set and delete, hand edits, expiry. */
const REQUESTS = {
  put: (writer: ForeignWriter, name: string) => writer.putItem(name),
  provision: (writer: ForeignWriter, name: string) => writer.provision(name),
  delete: (writer: ForeignWriter, name: string) => writer.deleteItem(name),
  register: (writer: ForeignWriter, name: string) => writer.register(name),
  unregister: (writer: ForeignWriter, name: string) => writer.unregister(name),
  "registry:=": (writer: ForeignWriter, name: string) => writer.replaceRegistry(name),
  empty: (writer: ForeignWriter, _registry: string) => writer.emptyRegistry(),
  remove: (writer: ForeignWriter, _registry: string) => writer.removeRegistry(),
  expire: (_: ForeignWriter, name: string, client: DynamoDBClient) =>
    client.send(new ExpireCommand({ TableName: TABLE_NAME, Key: resourceKey(name) }) as never),
} as const;

/** A call and its name, such as `set a`. */
export type LibraryCall = `${keyof typeof CALLS} ${string}`;
/** A request and its name, such as `put a`. */
export type ForeignRequest = `${keyof typeof REQUESTS} ${string}`;

/** A producer that uses the library. Calls of an inner list are made concurrently, and may share a transaction. */
export function producer(...steps: readonly (LibraryCall | readonly LibraryCall[])[]): Actor {
  return {
    name: `library: ${steps.map((step) => (typeof step === "string" ? step : step.join(" & "))).join(", ")}`,
    mayIntroduceDrift: false,
    async run({ client, clock, report }) {
      const timing = withTiming({ clock, random: () => 0 });
      const registry = new ResourceRegistry({ tableName: TABLE_NAME, client, ...timing });
      for (const step of steps) {
        await Promise.all([step].flat().map((call) => callLibrary(registry, call as LibraryCall, report)));
      }
    },
  };
}

async function callLibrary(registry: ResourceRegistry, call: LibraryCall, report: Stage["report"]): Promise<void> {
  const [kind, name] = parse<keyof typeof CALLS>(call);
  try {
    await CALLS[kind](registry, name);
    report({ name, outcome: "acknowledged" });
  } catch (error) {
    report({
      name,
      outcome: error instanceof RegistryError && error.outcome === "not-written" ? "refused" : "unknown",
    });
  }
}

/** A writer without the library, request by request. */
export function foreign(...steps: readonly ForeignRequest[]): Actor {
  return {
    name: `foreign: ${steps.join(", ")}`,
    mayIntroduceDrift: true,
    async run({ client }) {
      const writer = new ForeignWriter(client, TABLE_NAME);
      for (const step of steps) {
        const [kind, name] = parse<keyof typeof REQUESTS>(step);
        await REQUESTS[kind](writer, name, client);
      }
    },
  };
}

/** An operator's `registry repair`: a full pass over the table. */
export function operator(): Actor {
  return {
    name: "operator: repair",
    mayIntroduceDrift: false,
    run: ({ client, clock }) =>
      backfill({
        tableName: TABLE_NAME,
        client,
        segments: 1,
        maxReadUnitsPerSecond: 1e9,
        ...withTiming({ clock, random: () => 0 }),
      }),
  };
}

function parse<Kind extends string>(step: string): [kind: Kind, name: string] {
  const space = step.indexOf(" ");
  return [step.slice(0, space) as Kind, step.slice(space + 1)];
}
