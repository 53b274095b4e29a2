import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SavedPass } from "@rollcall/maintainer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CursorFile } from "../../src/pass/cursor-file.ts";

/** What a pass has come to after so many pages. */
const savedAfter = (pages: number): SavedPass => ({
  task: "audit",
  cursor: {
    version: 1,
    tableName: "limits",
    scope: "all",
    segments: [{ done: false }],
    suspects: [],
    registries: [],
    itemsScanned: pages * 10,
    scanReadUnits: pages,
    pages,
  },
  report: [],
});

describe("CursorFile", () => {
  let folder: string;
  let file: string;
  /** Moves on by so many milliseconds whenever it is asked, so that everything takes time. */
  let stepMs: number;
  let nowMs: number;
  const clock = {
    now: () => {
      nowMs += stepMs;
      return nowMs;
    },
    sleep: async () => {},
  };
  const pagesInFile = async (): Promise<number> => JSON.parse(await readFile(file, "utf8")).cursor.pages;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "rollcall-cursor-"));
    file = path.join(folder, "cursor.json");
    [stepMs, nowMs] = [0, 0];
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("writes after every page while that takes no time, and leaves nothing once its pass is complete", async () => {
    await using cursor = await CursorFile.open(file, false, clock);
    for (const pages of [1, 2, 3]) {
      await cursor.save(savedAfter(pages));
      expect(await pagesInFile()).toBe(pages);
    }
    await cursor.remove();
    expect(await readdir(folder)).toEqual(["cursor.json.lock"]);
  });

  it("spends a tenth of the time on writing where that takes long, and writes the last of it when told to", async () => {
    await using cursor = await CursorFile.open(file, false, clock);
    stepMs = 1_000; // each save asks three times: when it begins, starts to write and has written
    let writes = 0;
    for (let pages = 1, before = 0; pages <= 100; pages++) {
      await cursor.save(savedAfter(pages));
      const inFile = await pagesInFile();
      if (inFile !== before) writes++;
      before = inFile;
    }
    expect(writes).toBeGreaterThanOrEqual(8);
    expect(writes).toBeLessThanOrEqual(12);
    await cursor.flush();
    expect(await pagesInFile()).toBe(100);
    expect(cursor.isResumable).toBe(true);
  });

  it("keeps nothing of a pass that has read nothing", async () => {
    await using cursor = await CursorFile.open(file, false, clock);
    await cursor.save(savedAfter(0));
    await cursor.flush();
    expect(cursor.isResumable).toBe(false);
    expect(await readdir(folder)).toEqual(["cursor.json.lock"]);
  });
});
