import type { MaintainerObserver } from "./events.ts";
import type { MaintainerLogger } from "./telemetry.ts";

/**
 * One observer that passes events on to several. What one of them throws, or rejects with, is logged the first time and
 * keeps nothing from the others, nor from the work that is told about.
 */
export function guardedObservers(
  observers: readonly MaintainerObserver[],
  logger: Pick<MaintainerLogger, "error">,
): MaintainerObserver {
  const failed = new Set<MaintainerObserver>();
  const complain = (observer: MaintainerObserver, error: unknown): void => {
    if (failed.has(observer)) return;
    failed.add(observer);
    try {
      logger.error("An observer of the maintainer failed; nothing else changes", { error: error as Error });
    } catch {
      // the logger is what failed: there is nowhere to say it
    }
  };
  return (event) => {
    for (const observer of observers) {
      try {
        // an observer may be an async function, whose rejection would end the process
        Promise.resolve(observer(event)).catch((error: unknown) => complain(observer, error));
      } catch (error) {
        complain(observer, error);
      }
    }
  };
}
