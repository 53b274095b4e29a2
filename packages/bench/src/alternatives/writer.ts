import type { TableAddress } from "../tables/table-address.ts";

/** One way of changing defaults and keeping the registry in step. */
export interface Writer {
  create(name: string): Promise<unknown>;
  update(name: string): Promise<unknown>;
  delete(name: string): Promise<unknown>;
}

export type Operation = keyof Writer;

/** Makes a writer; all writers of one process share it. */
export type OpenWriter = (table: TableAddress, random: () => number) => Writer;
