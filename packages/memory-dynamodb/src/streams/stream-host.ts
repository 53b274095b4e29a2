/** What a stream needs of its database. */
export interface StreamHost {
  readonly region: string;
  /** How many shards a stream has at first. */
  readonly shards: number;
  /** The time, in milliseconds since 1970. */
  now(): number;
  /** The moment that names a new stream: no two streams have the same. */
  streamMoment(): number;
}
