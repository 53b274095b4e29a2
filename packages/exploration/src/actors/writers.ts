import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { backfill } from "@rollcall/maintainer";
import { ForeignWriter } from "@rollcall/maintainer/drifts";
import { RegistryError } from "@rollcall/registry";
import { registryKeys, withTiming } from "@rollcall/registry/internal";
import { type Listing, RESOURCES } from "../storage/listing.ts";
import { ExpireCommand } from "../storage/request.ts";
import { TABLE_NAME } from "../storage/storage.ts";
import type { Actor, Stage } from "./actor.ts";
import { type Call, type CallKind, libraryOf } from "./library-calls.ts";

/** One that does not use the library, and what it writes to. */
interface Foreigner {
  readonly listing: Listing;
  readonly client: DynamoDBClient;
  /** Breaks the first registry. */
  readonly writer: ForeignWriter;
}

/** Requests of those who do not use the library: the halves of a set and a delete, hand edits, expiry. */
const REQUESTS = {
  put: ({ writer }: Foreigner, name: string) => writer.putItem(name),
  provision: ({ writer }: Foreigner, name: string) => writer.provision(name),
  delete: ({ writer }: Foreigner, name: string) => writer.deleteItem(name),
  register: ({ writer }: Foreigner, name: string) => writer.register(name),
  unregister: ({ writer }: Foreigner, name: string) => writer.unregister(name),
  "registry:=": ({ writer }: Foreigner, name: string) => writer.replaceRegistry(name),
  empty: ({ writer }: Foreigner, _registry: string) => writer.emptyRegistry(),
  remove: ({ writer }: Foreigner, _registry: string) => writer.removeRegistry(),
  /** In every registry that lists such items. */
  list: async ({ listing: { definitions, scope }, client }: Foreigner, name: string) => {
    for (const definition of definitions) {
      await new ForeignWriter(client, TABLE_NAME, scope, definition).register(name);
    }
  },
  expire: ({ listing: { definitions, scope }, client }: Foreigner, name: string) => {
    const Key = registryKeys(definitions[0]).memberKey(name, scope);
    return client.send(new ExpireCommand({ TableName: TABLE_NAME, Key }) as never);
  },
} as const;

/** A call and its name, such as `set a`. */
type LibraryCall = `${CallKind} ${string}`;
/** A request and its name, such as `put a`. */
export type ForeignRequest = `${keyof typeof REQUESTS} ${string}`;

/** Every kind of writer of what a table lists. */
export interface Writers {
  /** A producer that uses the library. Calls of an inner list are made concurrently, and may share a transaction. */
  producer(...steps: readonly (LibraryCall | readonly LibraryCall[])[]): Actor;
  /** A writer without the library, request by request. */
  foreign(...steps: readonly ForeignRequest[]): Actor;
  /** An operator's `registry repair`: a full pass over the table. */
  operator(): Actor;
}

/** The writers of what a table lists. */
export function writersOf(listing: Listing): Writers {
  const { definitions, scope, keepsAll } = listing;
  return {
    producer: (...steps) => ({
      name: `library: ${steps.map((step) => (typeof step === "string" ? step : step.join(" & "))).join(", ")}`,
      mayIntroduceDrift: false,
      keeps: keepsAll ? undefined : definitions[0].name,
      async run(stage) {
        const library = libraryOf(listing, stage);
        for (const step of steps) {
          await Promise.all([step].flat().map((call) => callLibrary(library, call as LibraryCall, stage.report)));
        }
      },
    }),
    foreign: (...steps) => ({
      name: `foreign: ${steps.join(", ")}`,
      mayIntroduceDrift: true,
      async run({ client }) {
        const writer = new ForeignWriter(client, TABLE_NAME, scope, definitions[0]);
        for (const step of steps) {
          const [kind, name] = parse<keyof typeof REQUESTS>(step);
          await REQUESTS[kind]({ listing, client, writer }, name);
        }
      },
    }),
    operator: () => ({
      name: "operator: repair",
      mayIntroduceDrift: false,
      run: ({ client, clock }) =>
        backfill({
          tableName: TABLE_NAME,
          registries: definitions,
          scope,
          client,
          segments: 1,
          maxReadUnitsPerSecond: 1e9,
          ...withTiming({ clock, random: () => 0 }),
        }),
    }),
  };
}

/** Those of `resources`, without a namespace. */
export const { producer, foreign, operator } = writersOf(RESOURCES);

async function callLibrary(library: Call, call: LibraryCall, report: Stage["report"]): Promise<void> {
  const [kind, name] = parse<CallKind>(call);
  try {
    await library(kind, name);
    report({ name, outcome: "acknowledged" });
  } catch (error) {
    report({
      name,
      outcome: error instanceof RegistryError && error.outcome === "not-written" ? "refused" : "unknown",
    });
  }
}

function parse<Kind extends string>(step: string): [kind: Kind, name: string] {
  const space = step.indexOf(" ");
  return [step.slice(0, space) as Kind, step.slice(space + 1)];
}
