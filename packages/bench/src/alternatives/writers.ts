import { ResourceRegistry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { LIMITS, NAMESPACE } from "../tables/items.ts";
import { optimisticWriter } from "./optimistic-writer.ts";
import { transactionWriter } from "./transaction-writer.ts";
import { twoCallWriter } from "./two-call-writer.ts";
import type { OpenWriter } from "./writer.ts";

const rollcall: OpenWriter = ({ client, tableName }, random) => {
  const registry = new ResourceRegistry({ tableName, namespace: NAMESPACE, client, ...withTiming({ random }) });
  return {
    create: (name) => registry.setResourceDefaults(name, LIMITS),
    update: (name) => registry.updateResourceDefaults(name, LIMITS),
    delete: (name) => registry.deleteResourceDefaults(name),
  };
};

/** Every way of writing, Rollcall's first: the others are set beside it. */
export const WRITERS = {
  Rollcall: rollcall,
  "two calls": twoCallWriter,
  transaction: transactionWriter,
  "optimistic transaction": optimisticWriter,
} as const satisfies Record<string, OpenWriter>;

export type WritingWay = keyof typeof WRITERS;

export const WRITING_WAYS = Object.keys(WRITERS) as readonly WritingWay[];
