import { type DriftKind, drifts, ForeignWriter } from "@rollcall/maintainer/drifts";
import type { ScopedRegistry } from "@rollcall/maintainer/internal";
import { Registry } from "@rollcall/registry";
import { TTL_ATTRIBUTE } from "@rollcall/registry/schema";
import { RequestError } from "../server/errors.ts";
import type { DriftButton } from "../shared/answers.ts";
import type { TablePlace } from "./table-place.ts";

/** Members that a registry is given, so that there are some to break. */
const MEMBERS = ["demo-1", "demo-2", "demo-3", "demo-4"] as const;

const EXPIRY: DriftKind = {
  label: "Item expires",
  name: "an item deleted by time to live",
  make: (writer, { listed: [name] }) => writer.putItem(name, { [TTL_ATTRIBUTE]: { N: String(aMomentAgo()) } }),
};

/** In seconds since 1970. DynamoDB leaves items alone that expired more than five years ago. */
function aMomentAgo(): number {
  return Math.floor(Date.now() / 1_000) - 1;
}

const ALL: readonly DriftKind[] = [...drifts, EXPIRY];

/** The ways to break a registry, as buttons. */
export function driftButtons(expiryRefusal: string | null): DriftButton[] {
  return ALL.map(({ label, name }, index) => ({
    id: String(index),
    label,
    title: name,
    refused: ALL[index] === EXPIRY ? expiryRefusal : null,
  }));
}

/**
 * Breaks a registry in one of these ways, having given it members to break.
 *
 * @param onBreak hears of it before the first foreign write is sent
 * @throws RequestError for a way that there is not
 */
export async function introduceDrift(
  { client, tableName }: TablePlace,
  { definition: strict, scope }: ScopedRegistry,
  id: unknown,
  onBreak: (kind: DriftKind) => void,
): Promise<void> {
  const kind = ALL[Number(id)];
  if (kind === undefined) throw new RequestError(404, "There is no such way to break a registry.");
  const definition = { ...strict, names: undefined }; // others keep no rule of names
  const writer = new ForeignWriter(client, tableName, scope, definition);
  const registry = new Registry({ definition, tableName, scope, client });
  await Promise.all(MEMBERS.map((name) => registry.put(name, writer.itemOf(name))));
  const stray = `stray-${Date.now().toString(36)}`;
  onBreak(kind);
  await kind.make(writer, { listed: [MEMBERS[0], MEMBERS[1]], fresh: [`${stray}a`, `${stray}b`] });
}
