import type { ClientTokens } from "./client-tokens.ts";
import type { Stream } from "./streams/stream.ts";
import type { Table } from "./tables/table.ts";
import type { TableHost } from "./tables/table-host.ts";

/** What operations need of the database they work on. */
export interface OperationHost extends TableHost {
  readonly tokens: ClientTokens;
  tableNames(): string[];
  /**
   * @param nameOrArn the table's name or its ARN
   * @throws ResourceNotFoundException when there is none
   */
  table(nameOrArn: string | undefined): Table;
  addTable(table: Table): void;
  removeTable(name: string): void;
  /** Every stream that can be read, by its ARN in order. */
  streams(): Stream[];
  /** @throws ResourceNotFoundException when there is none */
  stream(arn: string | undefined): Stream;
}
