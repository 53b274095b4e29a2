import type { ClientTokens } from "./client-tokens.ts";
import type { Table } from "./tables/table.ts";
import type { TableHost } from "./tables/table-host.ts";

/** What operations need of the database they work on. */
export interface OperationHost extends TableHost {
  readonly tokens: ClientTokens;
  tableNames(): string[];
  /** @throws ResourceNotFoundException when there is none */
  table(name: string | undefined): Table;
  addTable(table: Table): void;
  removeTable(name: string): void;
}
