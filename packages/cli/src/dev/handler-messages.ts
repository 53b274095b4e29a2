import type { EngineClientConfig } from "@rollcall/local";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import type { DevEvent } from "./dev-event.ts";

/** What a handler's thread starts with. */
export interface HandlerSetup {
  tableName: string;
  clientConfig: EngineClientConfig;
  /** How this program is called where it was started, for commands to copy. */
  program: string;
}

/** An invocation, for the thread. */
export interface ToHandler {
  id: number;
  event: DynamoDBStreamEvent;
  remainingMs: number;
}

/** What the thread says. */
export type FromHandler =
  | { kind: "loaded" }
  | { kind: "answer"; id: number; answer: DynamoDBBatchResponse }
  | { kind: "telling"; telling: DevEvent };
