/** Characters of a resource or limit name that this library writes. Source: the limiter's own validation. */
export const MAX_NAME_LENGTH = 64;

/** Refill period of a limit that names none, in seconds. */
export const DEFAULT_REFILL_PERIOD_SECONDS = 60;
