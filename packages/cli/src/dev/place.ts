import type { RegistryDefinition } from "@rollcall/registry";
import type { CommandWords } from "./handler-messages.ts";

/** Where lines are shown, and what they are about. */
export interface Place {
  /** What the table's registries list. */
  registries: readonly RegistryDefinition[];
  /** For commands to copy. */
  words: CommandWords;
  /** Columns that a line may take. */
  columns: number;
}
