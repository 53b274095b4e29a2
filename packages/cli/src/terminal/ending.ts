/** Why a command ends early, as the reason of its signal. */
export class Ending extends Error {
  override readonly name = "Ending";
  /** What the process tells its caller: 128 and the signal's number, as shells report it. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The signals that end a command, and how it ends. */
export const ENDINGS = {
  SIGINT: new Ending("Interrupted.", 130),
  SIGTERM: new Ending("Terminated.", 143),
  SIGHUP: new Ending("The terminal has gone.", 129),
} as const;

/** Resolves when a command is to end. */
export function untilEnding(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}

/** How a command ends whose signal has aborted: a caller inside a program may give any reason. */
export function endingOf(signal: AbortSignal): Ending {
  return signal.reason instanceof Ending ? signal.reason : ENDINGS.SIGINT;
}
