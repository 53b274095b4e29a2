import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock } from "./clock.ts";

/** A client that is a clock too: time passes with its requests alone, the same for each. */
export class RequestClock implements Clock {
  readonly #client: Pick<DynamoDBClient, "send">;
  readonly #requestMs: number;
  readonly #sleepers = new Set<{ until: number; wake: () => void }>();
  #now = 0;

  constructor(client: Pick<DynamoDBClient, "send">, requestMs: number) {
    this.#client = client;
    this.#requestMs = requestMs;
  }

  send = (async (command: never, options: object) => {
    const answer: unknown = await this.#client.send(command, options);
    this.#now += this.#requestMs;
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    return answer;
  }) as unknown as DynamoDBClient["send"];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#sleepers.add({ until: this.#now + ms, wake: resolve });
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    return promise;
  }
}
