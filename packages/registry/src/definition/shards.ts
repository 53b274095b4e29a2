import { crc32 } from "node:zlib";

/** The most items that can hold one registry together. */
export const MAX_SHARDS = 1_000;

/**
 * The shard that lists a name: CRC-32 of its UTF-8 bytes modulo the number of shards, so that a program in any language
 * finds it.
 *
 * @example
 * ```ts
 * import { shardOf } from "@rollcall/registry";
 *
 * shardOf("acme", 16); // 14
 * ```
 */
export function shardOf(member: string, shards: number): number {
  return shards === 1 ? 0 : crc32(member) % shards;
}
