import { execFileSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CONTRACT_TABLE } from "@rollcall/testing/dynamodb/contract/table";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { Database } from "../../src/database.ts";
import { Journal } from "../../src/disk/journal.ts";
import { MovableClock } from "../../src/server/clock.ts";
import { Binary } from "../../src/values/binary.ts";
import { addOf, keyOf, putOf, TABLE } from "./fixture.ts";

/** A database on a disk, with a clock that moves a second a request. */
class Kept {
  static async open(file: string, warn: (line: string) => void = (line) => expect.unreachable(line)): Promise<Kept> {
    const clock = new MovableClock(() => {});
    const database = new Database({ now: () => clock.now() });
    return new Kept(database, clock, await Journal.open(file, database, clock, warn));
  }

  readonly database: Database;
  readonly clock: MovableClock;
  readonly journal: Journal;

  private constructor(database: Database, clock: MovableClock, journal: Journal) {
    this.database = database;
    this.clock = clock;
    this.journal = journal;
  }

  async run(operation: string, input: object): Promise<void> {
    this.clock.advance(1_000);
    const at = this.clock.now();
    const output = this.clock.holdAt(at, () => this.database.run(operation, input));
    this.journal.note(at, operation, input, output);
    await this.journal.flushed();
  }

  /** All that it holds, as text. */
  get state(): string {
    return JSON.stringify([...this.database.saved()].map((part) => ("now" in part ? { ...part, now: 0 } : part)));
  }
}

const bytes = (base64: string) => ({ B: Binary.decode(base64) });
const REQUESTS: readonly (readonly [string, object])[] = [
  ["CreateTable", { TableName: TABLE, ...CONTRACT_TABLE }],
  ["PutItem", { TableName: TABLE, Item: { ...keyOf("a"), B: { S: "ü" }, bytes: bytes("/+8=") } }],
  ["TransactWriteItems", { TransactItems: [putOf("b"), addOf("r", "b")], ClientRequestToken: "token" }],
  ["UpdateTimeToLive", { TableName: TABLE, TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true } }],
  [
    "BatchWriteItem",
    { RequestItems: { [TABLE]: [{ PutRequest: { Item: keyOf("c") } }, { DeleteRequest: { Key: keyOf("a") } }] } },
  ],
  ["UpdateTable", { TableName: TABLE, StreamSpecification: { StreamEnabled: false } }],
  ["UpdateTable", { TableName: TABLE, StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } }],
  ["DeleteItem", { TableName: TABLE, Key: keyOf("c") }],
];

let file: string;
beforeEach(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-memory-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  file = path.join(folder, "memory.log");
});

describe("a database on a disk", () => {
  it("is after a start what it was, cut at any byte: every whole write, and nothing of the one that was cut", async () => {
    const kept = await Kept.open(file);
    const states = new Map<number, string>([[(await stat(file)).size, kept.state]]);
    for (const [operation, input] of REQUESTS) {
      await kept.run(operation, input);
      states.set((await stat(file)).size, kept.state);
    }
    await kept.journal[Symbol.asyncDispose]();
    const whole = await readFile(file);
    const [begun = 0] = states.keys();
    let expected = states.get(begun);
    let dropped = 0;
    for (let length = begun; length <= whole.byteLength; length++) {
      expected = states.get(length) ?? expected;
      const cut = states.has(length) ? 0 : 1;
      const step = cut === 0 || length % 23 === 0; // every boundary, and bytes between them
      if (!step) continue;
      await writeFile(file, whole.subarray(0, length));
      const lines: string[] = [];
      const again = await Kept.open(file, (line) => lines.push(line));
      expect(again.state).toBe(expected);
      expect(lines).toHaveLength(cut);
      dropped += cut;
      await again.journal[Symbol.asyncDispose]();
    }
    expect(dropped).toBeGreaterThan(50);
  });

  it("is the same after a log that was compacted, which forgets what is over", async () => {
    const kept = await Kept.open(file);
    for (const [operation, input] of REQUESTS) await kept.run(operation, input);
    for (let n = 0; n < 200; n++)
      await kept.run("PutItem", { TableName: TABLE, Item: { ...keyOf("d"), n: { N: String(n) } } });
    await kept.journal[Symbol.asyncDispose]();
    kept.database.table(TABLE).setStream(undefined);
    const { size } = await stat(file);
    const once = await Kept.open(file);
    await once.run("UpdateTable", { TableName: TABLE, StreamSpecification: { StreamEnabled: false } });
    once.clock.advance(25 * 60 * 60 * 1000);
    once.database.expire([]);
    await once.run("UpdateItem", { TableName: TABLE, Key: keyOf("d") });
    await once.journal[Symbol.asyncDispose]();
    const twice = await Kept.open(file);
    twice.database.expire([]);
    const { state } = twice;
    await twice.journal[Symbol.asyncDispose]();
    const thrice = await Kept.open(file);
    thrice.database.expire([]);
    expect(thrice.state).toBe(state);
    expect(thrice.database.table(TABLE).get(keyOf("d"))).toEqual({ ...keyOf("d"), n: { N: "199" } });
    expect(thrice.clock.now()).toBeGreaterThan(Date.now() + 24 * 60 * 60 * 1000); // time does not run back
    await thrice.journal[Symbol.asyncDispose]();
    expect((await stat(file)).size).toBeLessThan(size / 10);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it("does not do again what a batch left undone, and does what expired and split", async () => {
    const kept = await Kept.open(file);
    await kept.run("CreateTable", { TableName: TABLE, ...CONTRACT_TABLE });
    await kept.run("PutItem", { TableName: TABLE, Item: keyOf("old") });
    const transaction = kept.database.begin({ input: { TransactItems: [putOf("held")] } });
    const batch = ["held", "free"].map((name) => ({ PutRequest: { Item: keyOf(name) } }));
    await kept.run("BatchWriteItem", { RequestItems: { [TABLE]: batch } });
    transaction.cancel();
    const expired = [{ table: TABLE, key: keyOf("old") }];
    const at = kept.clock.now();
    kept.clock.holdAt(at, () => kept.database.expire(expired));
    kept.journal.noteExpired(at, expired);
    kept.clock.holdAt(at, () => kept.database.splitShard(TABLE));
    kept.journal.noteSplit(at, TABLE);
    await kept.journal[Symbol.asyncDispose]();
    const again = await Kept.open(file);
    expect(again.state).toBe(kept.state);
    await again.journal[Symbol.asyncDispose]();
  });

  it("refuses a log that is damaged before its end, and one of another program", async () => {
    const kept = await Kept.open(file);
    for (const [operation, input] of REQUESTS) await kept.run(operation, input);
    await kept.journal[Symbol.asyncDispose]();
    const whole = await readFile(file);
    const damaged = Buffer.from(whole);
    damaged[whole.byteLength - 300] = 0x20;
    await writeFile(file, damaged);
    await expect(Kept.open(file)).rejects.toThrow(/is damaged at byte \d+/);
    expect(await readFile(file)).toEqual(damaged);
    const { crc32 } = await import("node:zlib");
    await writeFile(file, `${crc32("{}").toString(16).padStart(8, "0")} {}\n`);
    await expect(Kept.open(file)).rejects.toThrow("is no log that this version reads");
  });

  it.each<[string, (file: string) => unknown]>([
    ["a text of another program", (file) => writeFile(file, "my notes\n")],
    ["a text without an end", (file) => writeFile(file, "my notes")],
    ["a link to a text", (file) => symlink("notes.txt", file)],
    ["a folder", (file) => mkdir(file)],
    ["a named pipe", (file) => execFileSync("mkfifo", [file])],
  ])("refuses %s in its place, and leaves it as it is", async (_, make) => {
    await writeFile(path.join(path.dirname(file), "notes.txt"), "my notes\n");
    await make(file);
    const before = await lstat(file);
    const text = before.isFile() ? await readFile(file, "utf8") : undefined;
    await expect(Kept.open(file)).rejects.toThrow(/is no log that this version reads: .* It was left as it is/);
    const { ino, mtimeMs, mode } = await lstat(file);
    expect({ ino, mtimeMs, mode }).toEqual({ ino: before.ino, mtimeMs: before.mtimeMs, mode: before.mode });
    if (text !== undefined) expect(await readFile(file, "utf8")).toBe(text);
    expect(await readdir(path.dirname(file))).toEqual(["memory.log", "notes.txt"]);
    expect(await readFile(path.join(path.dirname(file), "notes.txt"), "utf8")).toBe("my notes\n");
  });
});
