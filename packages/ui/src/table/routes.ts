import type { BatchCollector } from "../server/batch-collector.ts";
import { RequestError } from "../server/errors.ts";
import type { EventFeed } from "../server/event-feed.ts";
import type { Routes } from "../server/page-server.ts";
import type { RegistriesAnswer, TableAnswer } from "../shared/answers.ts";
import type { Audits } from "./audits.ts";
import { driftButtons, introduceDrift } from "./drift-buttons.ts";
import type { KnownScopes } from "./known-scopes.ts";
import { readMember } from "./read-member.ts";
import { readLastSweep, readNames, readRegistries } from "./read-registries.ts";
import { repairMember } from "./repair-member.ts";
import { nameOf, ownerOf, pageOwner, type TablePlace } from "./table-place.ts";

/** What the routes answer from. */
export interface RouteParts {
  readonly options: {
    readonly place: string;
    readonly isLive: boolean;
    readonly isWritable: boolean;
    readonly expiryRefusal?: string | undefined;
    readonly explain: (error: unknown) => string;
  };
  readonly table: TablePlace;
  readonly feed: EventFeed;
  readonly scopes: KnownScopes;
  readonly batches: BatchCollector;
  readonly audits: Audits;
}

/** All that the page can ask of its server. */
export function pageRoutes(parts: RouteParts): Routes {
  const { options, table, scopes, audits } = parts;
  const { explain, isLive, isWritable, place } = options;
  return {
    "GET /api/table": (): TableAnswer => {
      const drifts = isLive ? driftButtons(options.expiryRefusal ?? null) : [];
      return { tableName: table.tableName, place, isLive, isWritable, drifts };
    },
    "GET /api/registries": async (_, signal): Promise<RegistriesAnswer> => {
      const [registries, lastSweep] = await Promise.all([
        readRegistries(table, scopes.all(), explain, signal),
        readLastSweep(table, signal),
      ]);
      return { registries, lastSweep, audit: audits.state };
    },
    "GET /api/names": (input, signal) => readNames(table, ownerOf(table, input), signal),
    "GET /api/member": (input, signal) => readMember(table, ownerOf(table, input), nameOf(input), signal),
    "POST /api/scope": (input) => {
      scopes.learn(pageOwner(ownerOf(table, input)));
      return {};
    },
    "POST /api/audit": () => audits.start(),
    "POST /api/audit/cancel": () => audits.cancel(),
    ...(isWritable && {
      "POST /api/repair": (input, signal) => repairMember(table, ownerOf(table, input), nameOf(input), explain, signal),
    }),
    ...(isLive && driftRoute(parts)),
    ...(!isWritable && {
      "POST /api/repair": () => {
        throw new RequestError(403, "This page only reads: start it with --write to repair.");
      },
    }),
  } satisfies Routes;
}

function driftRoute({ table, feed, scopes, batches }: RouteParts): Routes {
  return {
    "POST /api/drift": async (input) => {
      const registry = ownerOf(table, input);
      const owner = pageOwner(registry);
      scopes.learn(owner);
      await introduceDrift(table, registry, input.id, ({ name: label }) => {
        batches.broke(owner);
        feed.tell({ kind: "drift", at: Date.now(), ...owner, label });
      });
      return {};
    },
  };
}
