export { Database } from "./database.ts";
export type { Change, Command, Commit, ExecuteOptions, Item } from "./model.ts";
export type { Stream } from "./streams/stream.ts";
export type { Table } from "./tables/table.ts";
