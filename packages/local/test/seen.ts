import type { DynamoDBRecord } from "@rollcall/local";

/** Remembers the records of every invocation, and says when there are enough. */
export class Seen {
  readonly records: DynamoDBRecord[] = [];
  #waiting: (() => void) | undefined;

  readonly handler = async ({ Records }: { Records: DynamoDBRecord[] }): Promise<void> => {
    this.records.push(...Records);
    this.#waiting?.();
  };

  async until(enough: (records: readonly DynamoDBRecord[]) => boolean): Promise<void> {
    while (!enough(this.records)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting = resolve;
      await promise;
    }
  }

  /** `INSERT a`, `REMOVE b`, … */
  get changes(): string[] {
    return this.records.map(
      ({ eventName, dynamodb }) => `${eventName} ${Object.values(dynamodb?.Keys?.PK ?? {}).join()}`,
    );
  }
}
