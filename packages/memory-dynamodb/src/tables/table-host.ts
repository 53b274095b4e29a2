import type { Commit } from "../model.ts";
import type { Stream } from "../streams/stream.ts";
import type { StreamHost } from "../streams/stream-host.ts";

/** What a table needs of its database. */
export interface TableHost extends StreamHost {
  announce(commit: Commit): void;
  /** Keeps a stream that is no table's any more, as long as its records last. */
  retire(stream: Stream): void;
}
