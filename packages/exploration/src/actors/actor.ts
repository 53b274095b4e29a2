import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock } from "@rollcall/registry/protocol";

/** What an actor has to do with the world outside. */
export interface Stage {
  readonly client: DynamoDBClient;
  /** Time stands still: a wait of 0 ms is over immediately, any other never ends. */
  readonly clock: Clock;
  /** Notes what a caller of the library was told about a write. */
  report(call: ReportedCall): void;
}

/** What became of a call of the library, as its caller sees it. */
export interface ReportedCall {
  /** The resource. */
  readonly name: string;
  /** Done; refused, so that nothing was written; or nothing that says which. */
  readonly outcome: "acknowledged" | "refused" | "unknown";
}

/**
 * A sender of requests. Real code, whose every step depends on nothing but the answers it has had: an actor that gets
 * the same answers in the same order sends the same requests.
 */
export interface Actor {
  readonly name: string;
  /** Whether it may introduce drift: foreign writers are there to introduce some. */
  readonly mayIntroduceDrift: boolean;
  /** The definition whose registry alone it keeps, of several. Default: all. */
  readonly keeps?: string | undefined;
  run(stage: Stage): Promise<unknown>;
}
