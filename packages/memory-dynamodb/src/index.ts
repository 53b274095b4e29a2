export { Database, type DatabaseOptions } from "./database.ts";
export type { Commit, ExecuteOptions, Item, ItemChange, Key, OutputOf, SdkCommand } from "./model.ts";
export type { Transaction } from "./operations/transact-write.ts";
export type { MemoryClock } from "./server/clock.ts";
export type { ActiveFault, Fault, FaultKind } from "./server/faults.ts";
export { type MemoryDynamoDB, type MemoryDynamoDBOptions, startMemoryDynamoDB } from "./server/server.ts";
export type { Stream } from "./streams/stream.ts";
export type { Table } from "./tables/table.ts";
export { sizeOf as itemSizeBytes } from "./values/item-size.ts";
