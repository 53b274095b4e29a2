/** What the process tells its caller. A command that a signal ends has that signal's own: see `ENDINGS`. */
export const EXIT_CODES = {
  /** The command did what it was asked to. */
  done: 0,
  /** It could not, or was told not to; stderr says why and what to do. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** `registry audit` found a difference between registry and defaults, or `resource apply --exit-code` has changes left. */
  drift: 3,
} as const;
