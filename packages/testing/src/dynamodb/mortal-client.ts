import type { DynamoDBClient, ScanCommandOutput } from "@aws-sdk/client-dynamodb";

/** What a process gets to see of its requests when it is killed: nothing. */
export class Killed extends Error {}

/**
 * A client in a process that is killed at its nth request: before it was sent, or after it has been carried out. What
 * was in flight meanwhile is carried out too, and is never answered.
 */
export class MortalClient {
  /** Read units that Scans have used, those included whose answers were lost. */
  scanReadUnits = 0;
  isDead = false;
  readonly #client: DynamoDBClient;
  readonly #lastRequest: number;
  readonly #isCarriedOut: boolean;
  #requests = 0;

  constructor(client: DynamoDBClient, lastRequest: number, isCarriedOut: boolean) {
    this.#client = client;
    this.#lastRequest = lastRequest;
    this.#isCarriedOut = isCarriedOut;
  }

  send = (async (command: never, options: object) => {
    if (this.isDead) throw new Killed();
    const isLast = ++this.#requests >= this.#lastRequest;
    if (isLast) this.isDead = true;
    if (isLast && !this.#isCarriedOut) throw new Killed();
    const answer = (await this.#client.send(command, options)) as unknown as ScanCommandOutput;
    if ("ScannedCount" in answer) this.scanReadUnits += answer.ConsumedCapacity?.CapacityUnits ?? 0;
    if (this.isDead) throw new Killed();
    return answer;
  }) as unknown as DynamoDBClient["send"];
}
