import type { PageOwner } from "../../shared/page-events.ts";

/** `1,234` */
export function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}

/** `1 name`, `2 names` */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** `512 B`, `12.4 KB` */
export function bytes(value: number): string {
  return value < 1_024 ? `${value} B` : `${number(value / 1_024)} KB`;
}

/** `38 ms`, `1.2 s` */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** `14:03:27` */
export function time(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB");
}

/** `today, 14:03` or `2026-11-27, 14:03` */
export function moment(at: number): string {
  const date = new Date(at);
  const day = date.toDateString() === new Date().toDateString() ? "today" : date.toLocaleDateString("sv-SE");
  return `${day}, ${date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

/** `tenants`, or `projects of acme` */
export function ownerText({ registry, scope }: PageOwner): string {
  return scope === null ? registry : `${registry} of ${scope}`;
}

export function isSame(a: PageOwner | null, b: PageOwner | null): boolean {
  return a !== null && b !== null && a.registry === b.registry && a.scope === b.scope;
}
