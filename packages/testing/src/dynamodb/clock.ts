/** Time as this room's clocks give it: what takes a clock takes them. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
