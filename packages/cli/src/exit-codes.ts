/** What the process tells its caller. */
export const EXIT_CODES = {
  /** The command did what it was asked to. */
  done: 0,
  /** It could not, or was told not to; stderr says why and what to do. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** `registry audit` found a difference between registry and defaults. */
  drift: 3,
  /** Ctrl-C: 128 and the number of SIGINT, as shells report it. */
  interrupted: 130,
} as const;
