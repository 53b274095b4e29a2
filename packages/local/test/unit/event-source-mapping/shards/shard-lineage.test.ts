import { expect, test } from "vitest";
import {
  leaves,
  type Shard,
  ShardLineage,
  toShards,
} from "../../../../src/event-source-mapping/shards/shard-lineage.ts";

const shard = (shardId: string, parentShardId?: string): Shard => ({ shardId, parentShardId });

test("ShardLineage: parents before children, all along the line", () => {
  const lineage = new ShardLineage();
  lineage.update([shard("a"), shard("b", "a"), shard("c", "b"), shard("d", "a")]);
  expect(lineage.begin()).toEqual(["a"]);
  expect(lineage.begin()).toEqual([]);
  lineage.drain("a");
  expect(lineage.begin()).toEqual(["b", "d"]);
  lineage.drain("b");
  expect(lineage.begin()).toEqual(["c"]);
});

test("ShardLineage: a parent that has left the stream holds nothing back", () => {
  const lineage = new ShardLineage();
  lineage.update([shard("b", "a")]);
  expect(lineage.begin()).toEqual(["b"]);
});

test("ShardLineage: a parent that leaves the list while it is being read still does", () => {
  const lineage = new ShardLineage();
  lineage.update([shard("a")]);
  lineage.begin();
  lineage.update([shard("b", "a")]);
  expect(lineage.begin()).toEqual([]);
  lineage.drain("a");
  expect(lineage.begin()).toEqual(["b"]);
});

test("ShardLineage: a drained shard is not begun again, as long as it is listed and when it no longer is", () => {
  const lineage = new ShardLineage();
  lineage.update([shard("a")]);
  lineage.drain("a");
  lineage.update([shard("a"), shard("b", "a")]);
  expect(lineage.begin()).toEqual(["b"]);
  lineage.update([shard("b", "a")]);
  expect(lineage.begin()).toEqual([]);
});

test("leaves are the shards without children", () => {
  expect(leaves([shard("a"), shard("b", "a"), shard("c")])).toEqual([shard("b", "a"), shard("c")]);
});

test("toShards: shards without an id are passed over", () => {
  expect(toShards([{ ShardId: "a" }, {}, { ShardId: "b", ParentShardId: "a" }])).toEqual([shard("a"), shard("b", "a")]);
});
