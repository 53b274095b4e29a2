import type { EngineClientConfig } from "@rollcall/local";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";

/** What a handler's thread starts with. */
export interface HandlerSetup {
  tableName: string;
  clientConfig: EngineClientConfig;
}

/** An invocation, for the thread. */
export interface ToHandler {
  id: number;
  event: DynamoDBStreamEvent;
  remainingMs: number;
}

/** What became of the suspects of one registry. Errors are told by their messages. */
export interface ReconciledNames {
  namespace: string | undefined;
  added: string[];
  removed: string[];
  dropped: string[];
  /** Names that cannot be repaired as things are. */
  unrepairable: { name: string; reason: string }[];
  /** Names that were not repaired this time; their records are delivered once more. */
  failed: { name: string; reason: string }[];
}

/** What the thread says. */
export type FromHandler =
  | { kind: "loaded" }
  | { kind: "answer"; id: number; answer: DynamoDBBatchResponse }
  | ({ kind: "reconciled" } & ReconciledNames)
  | { kind: "problem"; message: string };
