/** How many hashes there are. */
export const HASHES = 2 ** 32;

/**
 * Where a partition key belongs: among the segments of a Scan, and among the shards of a stream. FNV-1a, mixed at the
 * end as in MurmurHash3, so that keys that look alike lie apart.
 */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
