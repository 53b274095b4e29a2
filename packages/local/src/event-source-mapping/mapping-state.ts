/** The states of a mapping. Between `failing` and `failed`, as between `stopping` and `stopped`, invocations complete. */
export const MAPPING_STATES = ["running", "waiting", "stopping", "failing", "stopped", "failed"] as const;
export type MappingStateName = (typeof MAPPING_STATES)[number];

/** What changes the state. */
export const MAPPING_INPUTS = ["streamEnded", "streamFound", "stop", "fail", "ended"] as const;
export type MappingInput = (typeof MAPPING_INPUTS)[number];

/**
 * Every state and every input. `impossible` is a claim of the code: that a part of the mapping does not say this then.
 *
 * - streamEnded, streamFound: the stream has ended, and its table's next one was found.
 * - stop: `stop()`, or the signal. · fail: a part of the mapping cannot continue. · ended: no part of it runs any more.
 */
export const MAPPING_TRANSITIONS = {
  running: {
    streamEnded: "waiting",
    streamFound: "impossible",
    stop: "stopping",
    fail: "failing",
    ended: "impossible", // reading ends only by a stop or a failure
  },
  waiting: {
    streamEnded: "impossible",
    streamFound: "running",
    stop: "stopping",
    fail: "failing",
    ended: "impossible",
  },
  stopping: {
    streamEnded: "stopping",
    streamFound: "stopping",
    stop: "stopping",
    fail: "failing", // a checkpoint that cannot be saved, say
    ended: "stopped",
  },
  failing: {
    streamEnded: "failing",
    streamFound: "failing",
    stop: "failing",
    fail: "failing", // the first failure is the one that is told
    ended: "failed",
  },
  stopped: {
    streamEnded: "impossible",
    streamFound: "impossible",
    stop: "stopped",
    fail: "impossible",
    ended: "impossible",
  },
  failed: {
    streamEnded: "impossible",
    streamFound: "impossible",
    stop: "failed",
    fail: "impossible",
    ended: "impossible",
  },
} as const satisfies Record<MappingStateName, Record<MappingInput, MappingStateName | "impossible">>;

/** The state that follows. */
export function nextState(state: MappingStateName, input: MappingInput): MappingStateName {
  const next = MAPPING_TRANSITIONS[state][input];
  if (next === "impossible") throw new TypeError(`A mapping that is ${state} cannot be told ${input}`);
  return next;
}
