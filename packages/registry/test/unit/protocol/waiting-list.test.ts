import { describe, expect, it } from "vitest";
import type { MemberWrite } from "../../../src/protocol/member-set.ts";
import { WaitingList } from "../../../src/protocol/waiting-list.ts";
import { put, remove, set } from "./commits-on.ts";

function listOf(...writes: readonly MemberWrite[]) {
  const list = new WaitingList(set);
  const rejected: string[] = [];
  const push = (write: MemberWrite, signal?: AbortSignal) =>
    list.push({ write, signal, resolve() {}, reject: () => rejected.push(write.member) });
  for (const write of writes) push(write);
  const take = () => list.take()?.map(({ write }) => write.member);
  const takeAll = () => {
    const groups: string[][] = [];
    for (let group = take(); group !== undefined; group = take()) groups.push(group);
    return groups;
  };
  return { push, take, takeAll, rejected };
}

const large = (name: string, bytes: number): MemberWrite => ({
  member: name,
  change: "add",
  actions: [{ Put: { TableName: "limits", Item: { PK: { S: name }, SK: { S: "" }, blob: { S: "x".repeat(bytes) } } } }],
});
const beside = (name: string, counter: string): MemberWrite => ({
  ...put(name),
  actions: [
    ...put(name).actions,
    {
      Update: {
        TableName: "counters",
        Key: { id: { S: counter } },
        UpdateExpression: "ADD #count :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
      },
    },
  ],
});

describe("WaitingList", () => {
  it("takes additions and removals apart, the longest waiting first, each in its order", () => {
    const { takeAll, take } = listOf(remove("a"), put("b"), remove("c"), put("d"), put("e"));
    expect(takeAll()).toEqual([
      ["a", "c"],
      ["b", "d", "e"],
    ]);
    expect(take()).toBeUndefined();
  });

  it("takes what arrives later behind what was left", () => {
    const { push, take } = listOf(put("a"), remove("b"));
    expect(take()).toEqual(["a"]);
    push(put("c"));
    expect(take()).toEqual(["b"]);
    expect(take()).toEqual(["c"]);
  });

  it("takes 99 actions at most", () => {
    const lone = Array.from({ length: 100 }, (_, i) => put(`n${i}`));
    expect(
      listOf(...lone)
        .takeAll()
        .map(({ length }) => length),
    ).toEqual([99, 1]);
    const pairs = Array.from({ length: 60 }, (_, i) => beside(`n${i}`, `c${i}`));
    expect(
      listOf(...pairs)
        .takeAll()
        .map(({ length }) => length),
    ).toEqual([49, 11]);
  });

  it("takes 4 MB at most, with the registry's own 400 KB, and always one write", () => {
    const sizes = [390_000, 5_000_000, 390_000, 390_000];
    const groups = listOf(...sizes.map((bytes, i) => large(`n${i}`, bytes))).takeAll();
    expect(groups).toEqual([["n0"], ["n1"], ["n2", "n3"]]);
    const many = Array.from({ length: 20 }, (_, i) => large(`n${i}`, 390_000));
    expect(
      listOf(...many)
        .takeAll()
        .map(({ length }) => length),
    ).toEqual([9, 9, 2]);
    const room = 4 * 1024 * 1024 - 400 * 1024;
    const overhead = "n".length * 2 + "PKSKblob".length;
    expect(listOf(large("n", room - 2 * overhead), large("m", overhead - 10)).takeAll()).toHaveLength(1);
    expect(listOf(large("n", room - 2 * overhead), large("m", overhead - 9 + 10)).takeAll()).toHaveLength(2);
  });

  it("never joins two writes that touch one item", () => {
    const { takeAll } = listOf(beside("a", "x"), beside("b", "y"), beside("c", "x"), put("d"));
    expect(takeAll()).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  it("rejects the aborted writes that it meets, and no transaction counts them", () => {
    const { push, take, rejected } = listOf();
    const gone = AbortSignal.abort();
    push(put("a"), gone);
    push(remove("b"));
    push(put("c"));
    push(put("d"), gone);
    push(put("e"));
    expect(take()).toEqual(["b"]);
    expect(take()).toEqual(["c", "e"]);
    expect(rejected).toEqual(["a", "d"]);
  });
});
