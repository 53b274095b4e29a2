import type { AttributeValue } from "@aws-sdk/client-dynamodb";

type Item = Record<string, AttributeValue>;

const S = (value: string) => ({ S: value });
const N = (value: number) => ({ N: String(value) });

const HOUR_MS = 3_600_000;
const WEEK_SECONDS = 604_800;
const EPOCH_MS = Date.UTC(2026, 0, 1);

/** What fills a limiter's table besides defaults: token buckets, usage, metadata and configuration of users, audit events. */
export function* neighbours(namespace: string, resources: readonly string[], count: number): Generator<Item> {
  for (let i = 0; i < count; i++) {
    const user = `user-${String(Math.floor(i / 5)).padStart(5, "0")}`;
    const resource = resources[i % resources.length] ?? "";
    const kinds = [bucket, usage, metadata, entityConfig, auditEvent];
    const { PK, ...item } = kinds[i % kinds.length]?.(user, resource, i) ?? {};
    const key = S(`${namespace}/${PK?.S}`);
    yield { PK: key, GSI4PK: S(namespace), GSI4SK: key, ...item };
  }
}

function bucket(user: string, resource: string, i: number): Item {
  const limit = (name: string, capacity: number): Item => ({
    [`b_${name}_tk`]: N(capacity - (i % 1_000)),
    [`b_${name}_cp`]: N(capacity),
    [`b_${name}_tc`]: N(i % 1_000),
  });
  return {
    PK: S(`BUCKET#${user}#${resource}#0`),
    SK: S("#STATE"),
    entity_id: S(user),
    resource: S(resource),
    shard_count: N(1),
    ...limit("rpm", 500_000),
    ...limit("tpm", 30_000_000),
    ...limit("wcu", 1_000_000),
    rf: N(EPOCH_MS + i),
    cascade: { BOOL: false },
    ttl: N(Math.floor(Date.now() / 1_000) + WEEK_SECONDS),
  };
}

function usage(user: string, resource: string, i: number): Item {
  const hour = new Date(EPOCH_MS + (i % 720) * HOUR_MS).toISOString();
  return {
    PK: S(`ENTITY#${user}`),
    SK: S(`#USAGE#${resource}#${hour}`),
    entity_id: S(user),
    resource: S(resource),
    window: S("hourly"),
    window_start: S(hour),
    tpm: N(i),
    total_events: N(i % 100),
  };
}

function metadata(user: string): Item {
  return { PK: S(`ENTITY#${user}`), SK: S("#META"), entity_id: S(user), name: S(`User ${user}`), metadata: { M: {} } };
}

function entityConfig(user: string, resource: string): Item {
  return {
    PK: S(`ENTITY#${user}`),
    SK: S(`#CONFIG#${resource}`),
    entity_id: S(user),
    resource: S(resource),
    config_version: N(1),
    l_rpm_cp: N(10),
    l_rpm_ra: N(10),
    l_rpm_rp: N(60),
  };
}

function auditEvent(user: string, resource: string, i: number): Item {
  const id = `01M81VPGXM${String(i).padStart(16, "0")}`;
  return {
    PK: S(`AUDIT#${user}`),
    SK: S(`#AUDIT#${id}`),
    event_id: S(id),
    action: S("limits_set"),
    principal: S("gateway-admin"),
    entity_id: S(user),
    resource: S(resource),
    timestamp: S(new Date(EPOCH_MS + i * 1_000).toISOString()),
    details: { M: { limits: { L: [{ M: { name: S("rpm"), capacity: N(10) } }] } } },
  };
}
