import type { Item } from "@rollcall/memory-dynamodb";

const USERS_PER_KIND = 4;

/**
 * What fills a limiter's table besides defaults: of every user a bucket of tokens, its usage, its metadata and a
 * configuration of its own, with the attributes and sizes that they have there: in a namespace of 11 characters about 245
 * bytes an item.
 */
export function* neighbours(namespace: string, count: number): Generator<Item> {
  for (let i = 0; i < count; i++) {
    const user = `user-${String(Math.floor(i / USERS_PER_KIND)).padStart(5, "0")}`;
    const { PK, ...attributes } = KINDS[i % KINDS.length]?.(user, i, namespace) ?? {};
    const key = { S: `${namespace}/${PK?.S}` };
    yield { PK: key, GSI4PK: { S: namespace }, GSI4SK: key, ...attributes };
  }
}

const KINDS: readonly ((user: string, i: number, namespace: string) => Item)[] = [
  (user, i) => ({
    PK: { S: `BUCKET#${user}#gpt-4#0` },
    SK: { S: "#STATE" },
    entity_id: { S: user },
    resource: { S: "gpt-4" },
    shard_count: { N: "1" },
    ...Object.fromEntries(
      ["rpm", "tpm", "wcu"].flatMap((limit) => [
        [`b_${limit}_tk`, { N: String(500_000 - (i % 1_000)) }],
        [`b_${limit}_cp`, { N: "500000" }],
        [`b_${limit}_tc`, { N: String(i % 1_000) }],
      ]),
    ),
    rf: { N: String(1_795_000_000_000 + i) },
    cascade: { BOOL: false },
    ttl: { N: "4796000000" }, // the next century
  }),
  (user, i) => ({
    PK: { S: `ENTITY#${user}` },
    SK: { S: "#USAGE#gpt-4#2026-11-22T14:00:00.000Z" },
    entity_id: { S: user },
    resource: { S: "gpt-4" },
    window: { S: "hourly" },
    window_start: { S: "2026-11-22T14:00:00.000Z" },
    tpm: { N: String(i) },
    total_events: { N: String(i % 100) },
  }),
  (user) => ({
    PK: { S: `ENTITY#${user}` },
    SK: { S: "#META" },
    entity_id: { S: user },
    name: { S: `User ${user}` },
    metadata: { M: {} },
    created_at: { S: "2026-11-22T14:48:52Z" },
  }),
  (user, _, namespace) => ({
    PK: { S: `ENTITY#${user}` },
    SK: { S: "#CONFIG#gpt-4" },
    GSI3PK: { S: `${namespace}/ENTITY_CONFIG#gpt-4` },
    GSI3SK: { S: user },
    entity_id: { S: user },
    resource: { S: "gpt-4" },
    config_version: { N: "1" },
    l_rpm_cp: { N: "10" },
    l_rpm_ra: { N: "10" },
    l_rpm_rp: { N: "60" },
  }),
];
