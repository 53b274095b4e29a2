import type { Limit } from "@rollcall/registry";
import type { LiveDefault } from "./live-default.ts";
import type { LiveState } from "./live-state.ts";

/** What is to happen to a resource. */
export type Action =
  /** It has no default: set one. */
  | "create"
  /** It has other limits: write these. */
  | "change"
  /** It has these limits, but its name is missing in the registry: set them again, with the name. */
  | "register"
  /** The manifest does not have it: delete its default and its name. */
  | "delete";

/** One difference between a manifest and a table. */
export interface PlannedChange {
  action: Action;
  resource: string;
  /** The default that is there, if there is one. */
  from: LiveDefault | undefined;
  /** The limits that are to be there; none where they are deleted. */
  to: readonly Limit[];
  /** Whether the registry has its name. */
  registered: boolean;
  /** Whether it is to be deleted though the limiter's provisioner does not manage it. */
  isUnmanaged?: true;
}

/** All that makes a table hold what a manifest says. */
export interface Plan {
  changes: PlannedChange[];
  /** Resources that are as the manifest says already. */
  unchanged: number;
  /** Registered resources that the manifest does not have and that are left alone. */
  leftAlone: number;
  /** Those that the manifest does not have and the limiter's provisioner does not manage, where that keeps a list. */
  unmanaged: string[];
}

/** Which resources that a manifest does not have are to be deleted. */
export interface Pruning {
  /** Registered ones; where the limiter's provisioner keeps a list of what it manages, those of the list alone. */
  prune: boolean;
  /** Also those that it does not manage. */
  pruneUnmanaged?: boolean;
}

/** Compares a manifest with a table. */
export function makePlan(
  wanted: ReadonlyMap<string, readonly Limit[]>,
  { registered, managed, defaults }: LiveState,
  { prune, pruneUnmanaged = false }: Pruning,
): Plan {
  const changes: PlannedChange[] = [];
  for (const [resource, to] of wanted) {
    const from = defaults.get(resource);
    const isRegistered = registered.has(resource);
    const action = neededAction(from, to, isRegistered);
    if (action !== undefined) changes.push({ action, resource, from, to, registered: isRegistered });
  }
  const unchanged = wanted.size - changes.length;
  // Its list can name what was never written.
  const written = [...(managed ?? [])].filter((name) => defaults.has(name));
  const others = [...new Set([...registered, ...written])].filter((name) => !wanted.has(name));
  if (!prune) return { changes, unchanged, leftAlone: others.length, unmanaged: [] };
  const isUnmanaged = (name: string) => managed !== undefined && !managed.has(name);
  const unmanaged = others.filter(isUnmanaged);
  const spared = new Set(pruneUnmanaged ? [] : unmanaged);
  for (const resource of others) {
    if (spared.has(resource)) continue;
    const from = defaults.get(resource);
    const mark = isUnmanaged(resource) ? { isUnmanaged: true as const } : {};
    changes.push({ action: "delete", resource, from, to: [], registered: registered.has(resource), ...mark });
  }
  return { changes, unchanged, leftAlone: spared.size, unmanaged };
}

function neededAction(from: LiveDefault | undefined, to: readonly Limit[], isRegistered: boolean): Action | undefined {
  if (from === undefined) return "create";
  if (from.problem !== undefined || !sameLimits(from.limits, to)) return "change";
  return isRegistered ? undefined : "register";
}

/** Whether two lists have the same limits, in any order. */
function sameLimits(a: readonly Limit[], b: readonly Limit[]): boolean {
  const before = new Map(a.map((limit) => [limit.name, limit]));
  return a.length === b.length && b.every((limit) => sameLimit(before.get(limit.name), limit));
}

/** Whether two limits say the same. */
export function sameLimit(a: Limit | undefined, b: Limit): boolean {
  return (
    a !== undefined &&
    a.capacity === b.capacity &&
    a.refillAmount === b.refillAmount &&
    a.refillPeriodSeconds === b.refillPeriodSeconds
  );
}
