import type { EngineClientConfig } from "@rollcall/local";
import type { RegistryDefinition } from "@rollcall/registry";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import type { DevDetail, DevEvent } from "./dev-event.ts";

/** What commands to copy are made of. */
export interface CommandWords {
  /** How this program is called where it was started. */
  program: string;
  /** The options that say which configuration: none where it is found without them. `undefined` where there is none. */
  configWords: readonly string[] | undefined;
}

/** What a handler's thread starts with. */
export interface HandlerSetup {
  tableName: string;
  registries: readonly RegistryDefinition[];
  clientConfig: EngineClientConfig;
  words: CommandWords;
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
  | { kind: "telling"; telling: DevEvent | DevDetail };
